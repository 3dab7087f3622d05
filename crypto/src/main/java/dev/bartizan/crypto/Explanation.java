// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong, in one line for people. */
public final class Explanation {
  private Explanation() {}

  /** {@code CODE: message}. */
  public static String of(Refusal refusal) {
    return refusal.code() + ": " + refusal.getMessage();
  }

  /** The platform's own messages for files are often the bare name; these say what is with it. */
  public static String of(IOException failure) {
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file";
    }
    if (failure instanceof AccessDeniedException denied) {
      String whose = denied.getReason() == null ? "" : ": " + denied.getReason();
      return denied.getFile() + ": permission denied" + whose;
    }
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      return file.getFile() + ": " + file.getClass().getSimpleName();
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }
}
