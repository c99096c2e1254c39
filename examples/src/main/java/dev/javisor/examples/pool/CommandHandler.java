package dev.javisor.examples.pool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Runs the command that a caller posts, in a machine that nobody used before, and answers with what
 * it wrote. What a command may use up is limited: time, output, and, by the size of its machine,
 * memory and processors. So is what callers may use up together: commands at once, and how long
 * they wait for a machine.
 */
public final class CommandHandler extends Handler.Abstract {
  private static final int WARM = Integer.getInteger("pool.warm", 2);
  private static final int AT_ONCE = Integer.getInteger("pool.atOnce", 4);
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("pool.seconds", 10));
  private static final Duration PATIENCE =
      Duration.ofSeconds(Integer.getInteger("pool.patience", 30));
  private static final int LONGEST_COMMAND = 64 * 1024;
  private static final long MOST_OUTPUT = 1 << 20;

  private final WorkerFactory factory;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private WarmPool pool;

  /**
   * @param factory the name of the class that makes workers
   */
  public CommandHandler(String factory) throws ReflectiveOperationException {
    this.factory =
        (WorkerFactory) Class.forName(factory).getDeclaredConstructor().newInstance();
  }

  @Override
  protected void doStart() throws Exception {
    pool = new WarmPool(factory, WARM);
    super.doStart();
  }

  @Override
  protected void doStop() throws Exception {
    super.doStop();
    pool.close();
    // What ran has ended by that; its callers get their answers while the classes are still there.
    if (places.tryAcquire(AT_ONCE, 10, TimeUnit.SECONDS)) {
      places.release(AT_ONCE);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback)
      throws IOException, InterruptedException {
    if (!request.getMethod().equals("POST")) {
      answer(response, callback, HttpStatus.METHOD_NOT_ALLOWED_405, "POST a shell command");
      return true;
    }
    byte[] command;
    try (InputStream body = Content.Source.asInputStream(request)) {
      command = body.readNBytes(LONGEST_COMMAND + 1);
    }
    if (command.length > LONGEST_COMMAND) {
      answer(response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413, "the command is too long");
    } else if (!places.tryAcquire()) {
      busy(response, callback);
    } else {
      try {
        run(new String(command, UTF_8), response, callback);
      } finally {
        places.release();
      }
    }
    return true;
  }

  private void run(String command, Response response, Callback callback)
      throws InterruptedException {
    Optional<Worker> taken = pool.take(PATIENCE);
    if (taken.isEmpty()) {
      busy(response, callback);
      return;
    }
    Worker.Outcome outcome;
    try {
      outcome = taken.get().run(command, TIME, MOST_OUTPUT);
    } finally {
      pool.release(taken.get());
    }
    response.getHeaders().put("Exit-Code", outcome.exitCode());
    answer(response, callback, status(outcome.end()), outcome.output());
  }

  private static int status(Worker.End end) {
    return switch (end) {
      case EXITED -> HttpStatus.OK_200;
      case OUT_OF_TIME -> HttpStatus.GATEWAY_TIMEOUT_504;
      case TOO_MUCH_OUTPUT -> HttpStatus.INSUFFICIENT_STORAGE_507;
      case FAILED -> HttpStatus.BAD_GATEWAY_502;
    };
  }

  private static void busy(Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.RETRY_AFTER, PATIENCE.toSeconds());
    answer(response, callback, HttpStatus.SERVICE_UNAVAILABLE_503, "all machines are at work");
  }

  private static void answer(Response response, Callback callback, int status, String text) {
    answer(response, callback, status, (text + "\n").getBytes(UTF_8));
  }

  private static void answer(Response response, Callback callback, int status, byte[] body) {
    response.setStatus(status);
    // A guest's bytes are a stranger's: a browser must not take them for a page.
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
