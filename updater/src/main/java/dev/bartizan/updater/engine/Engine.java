// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import java.nio.ByteBuffer;

/** What runs models. */
public interface Engine {
  /** Its version, as reports name it. */
  String version();

  /**
   * Makes a session of a model in memory. The engine takes its own copy: the caller wipes {@code
   * weights} afterwards.
   *
   * @param weights a whole model file from position to limit, outside the heap, so that no copy of
   *     it is left where only the garbage collector decides when it goes
   * @throws ModelRefusal when part of it is in another file, the engine does not load it, or it
   *     takes or gives what cannot be served
   */
  Session load(ByteBuffer weights) throws ModelRefusal;
}
