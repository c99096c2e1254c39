package dev.javisor.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A program for Linux that runs a shell command with a vsock connection as its input and output:
 * {@code PROGRAM COMMAND}. busybox has nothing of the kind. It is a static ELF file of machine
 * code, made here, so that no compiler is needed; small enough to be typed into a console.
 *
 * <p>It ends with the error number of the call that failed, if one did.
 */
final class VsockProgram {
  private static final int BASE = 0x400000;
  private static final int HEADERS = 64 + 56;
  private static final int CODE_SIZE = 256;
  private static final int DATA = BASE + HEADERS + CODE_SIZE;
  private static final int ADDRESS = DATA;
  private static final int SHELL = DATA + 16;
  private static final int OPTION = DATA + 24;
  private static final int ARGUMENTS = DATA + 32;
  private static final int SIZE = HEADERS + CODE_SIZE + 64;

  private static final int CLOSE = 3;
  private static final int DUP2 = 33;
  private static final int SOCKET = 41;
  private static final int CONNECT = 42;
  private static final int ACCEPT = 43;
  private static final int BIND = 49;
  private static final int LISTEN = 50;
  private static final int FORK = 57;
  private static final int EXECVE = 59;
  private static final int EXIT = 60;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  private VsockProgram() {}

  /** Connects to a port of the host. */
  static byte[] connecting(int port) {
    VsockProgram program = new VsockProgram();
    program.socket(CONNECT);
    program.run();
    return program.file(port, 2);
  }

  /** Listens on a port, and runs the command for each connection. */
  static byte[] listening(int port) {
    VsockProgram program = new VsockProgram();
    program.socket(BIND);
    program.bytes(0x89, 0xdf); // mov edi, ebx
    program.bytes(0xbe).number(128); // mov esi, 128
    program.call(LISTEN);
    int loop = program.code.size();
    program.bytes(0x89, 0xdf); // mov edi, ebx
    program.bytes(0x31, 0xf6, 0x31, 0xd2); // xor esi, esi; xor edx, edx
    program.call(ACCEPT);
    program.exitIfNegative();
    program.bytes(0x89, 0xc5); // mov ebp, eax
    program.call(FORK);
    program.bytes(0x85, 0xc0, 0x74, 2 + 12); // test eax, eax; jz behind the jump
    program.bytes(0x89, 0xef); // mov edi, ebp
    program.call(CLOSE);
    program.bytes(0xe9).number(loop - (program.code.size() + 4)); // jmp loop
    program.bytes(0x89, 0xeb); // mov ebx, ebp
    program.run();
    return program.file(port, -1);
  }

  /** A shell command that writes a file. */
  static String install(String path, byte[] file) {
    StringBuilder text = new StringBuilder("printf '");
    for (byte b : file) {
      text.append("\\%03o".formatted(b & 0xff));
    }
    return text.append("' > ").append(path).append(" && chmod 755 ").append(path).toString();
  }

  private void socket(int next) {
    bytes(0xbf).number(40); // mov edi, AF_VSOCK
    bytes(0xbe).number(1); // mov esi, SOCK_STREAM
    bytes(0x31, 0xd2); // xor edx, edx
    call(SOCKET);
    exitIfNegative();
    bytes(0x89, 0xc3, 0x89, 0xdf); // mov ebx, eax; mov edi, ebx
    bytes(0xbe).number(ADDRESS); // mov esi, ADDRESS
    bytes(0xba).number(16); // mov edx, 16
    call(next);
    exitIfNegative();
  }

  /** Becomes the shell, with the socket in ebx. */
  private void run() {
    bytes(0x89, 0xdf, 0x31, 0xf6); // mov edi, ebx; xor esi, esi
    call(DUP2);
    bytes(0x89, 0xdf, 0xbe).number(1); // mov edi, ebx; mov esi, 1
    call(DUP2);
    bytes(0x89, 0xdf); // mov edi, ebx
    call(CLOSE);
    bytes(0x48, 0x8b, 0x44, 0x24, 0x10); // mov rax, [rsp + 16], the first argument
    bytes(0x48, 0x89, 0x04, 0x25).number(ARGUMENTS + 16); // mov [ARGUMENTS + 16], rax
    bytes(0xbf).number(SHELL); // mov edi, SHELL
    bytes(0xbe).number(ARGUMENTS); // mov esi, ARGUMENTS
    bytes(0x31, 0xd2); // xor edx, edx
    call(EXECVE);
    exitIfNegative();
  }

  private void exitIfNegative() {
    bytes(0x85, 0xc0, 0x79, 4 + 7); // test eax, eax; jns behind the exit
    bytes(0x89, 0xc7, 0xf7, 0xdf); // mov edi, eax; neg edi
    call(EXIT);
  }

  /** Seven bytes. */
  private void call(int number) {
    bytes(0xb8).number(number); // mov eax, number
    bytes(0x0f, 0x05); // syscall
  }

  private VsockProgram bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
    return this;
  }

  private VsockProgram number(int value) {
    return bytes(value, value >> 8, value >> 16, value >> 24);
  }

  private byte[] file(int port, int cid) {
    ByteBuffer file = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    file.putShort((short) 2).putShort((short) 62).putInt(1).putLong(BASE + HEADERS);
    file.putLong(64).putLong(0).putInt(0).putShort((short) 64);
    file.putShort((short) 56).putShort((short) 1).position(64);
    file.putInt(1).putInt(7).putLong(0).putLong(BASE).putLong(BASE);
    file.putLong(SIZE).putLong(SIZE).putLong(4096);
    file.put(code.toByteArray());
    file.position(DATA - BASE);
    file.putInt(40).putInt(port).putInt(cid).putInt(0);
    file.put("/bin/sh\0-c\0".getBytes(StandardCharsets.US_ASCII));
    file.position(ARGUMENTS - BASE);
    file.putLong(SHELL).putLong(OPTION);
    return file.array();
  }
}
