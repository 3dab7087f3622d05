// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.bundle;

import dev.bartizan.crypto.Refusal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file is no bundle that could be used. */
public final class BundleRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the name is the stable code. */
  public enum Reason {
    /** Not a tar archive in zstd frames, cut off, or with something in it that is not a file. */
    BUNDLE_MALFORMED,
    /** More entries, or more unpacked, than a bundle of its length can have in good faith. */
    BUNDLE_TOO_LARGE
  }

  private final Reason reason;

  BundleRefusal(Reason reason, Path file, String detail, @Nullable Throwable cause) {
    super(file + ": " + detail, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
