package dev.bartizan.fleet.delta;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.delta.Method;

/**
 * One way to rebuild a section, and what it costs.
 *
 * @param basePosition where its window of the base starts
 * @param baseLength bytes of that window
 */
record Draft(Method method, long basePosition, int baseLength, Bytes payload) {
  static Draft alone(byte[] payload) {
    return new Draft(Method.ZSTD, 0, 0, Bytes.of(payload));
  }

  static Draft withBase(Window window, byte[] payload) {
    return against(Method.ZSTD_WITH_BASE, window, payload);
  }

  static Draft floatPlanes(Window window, byte[] payload) {
    return against(Method.FLOAT_PLANES, window, payload);
  }

  private static Draft against(Method method, Window window, byte[] payload) {
    return new Draft(method, window.position(), window.length(), Bytes.of(payload));
  }

  int cost() {
    return payload.length();
  }
}
