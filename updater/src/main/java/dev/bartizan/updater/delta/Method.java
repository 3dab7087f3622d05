package dev.bartizan.updater.delta;

import java.util.Optional;

/** How a section rebuilds its stretch of the result. */
public enum Method {
  /** A zstd frame (RFC 8878) of the stretch. Uses no base: its window is empty. */
  ZSTD(1),
  /** A zstd frame of the stretch, with the window of the base as raw-content dictionary. */
  ZSTD_WITH_BASE(2),
  /** Differences of 32-bit floats, see {@link FloatPlanes}. */
  FLOAT_PLANES(3);

  private final int code;

  Method(int code) {
    this.code = code;
  }

  /** As it stands in the section. */
  public int code() {
    return code;
  }

  static Optional<Method> ofCode(int code) {
    for (Method method : values()) {
      if (method.code == code) {
        return Optional.of(method);
      }
    }
    return Optional.empty();
  }
}
