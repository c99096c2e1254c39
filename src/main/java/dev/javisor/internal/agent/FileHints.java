package dev.javisor.internal.agent;

/** What to do about files that cannot be had. */
final class FileHints {
  private FileHints() {}

  /** A sentence for an error's name. */
  static String of(String errno) {
    return switch (errno) {
      case "ENOENT" -> "there is no such file or folder";
      case "EACCES", "EPERM" -> "no permission";
      case "ENOSPC", "EDQUOT" -> "its disk is full; make room, or give it a larger one";
      case "EROFS" -> "its file system is mounted read-only";
      case "EISDIR" ->
          "a folder stands there, which no file or link replaces; name the path that"
              + " the copy gets, not the folder above it";
      case "ENOTDIR" -> "something else stands where a folder is needed";
      case "EFBIG" -> "it is longer than what was allowed";
      case "ENAMETOOLONG" -> "a name is too long, or the tree too deep (128 folders)";
      case "ELOOP" -> "a link stands there, which is not followed";
      case "EXDEV" -> "it lies on another file system";
      case "ETXTBSY" -> "it is a program that runs";
      default -> "see errno(3)";
    };
  }
}
