// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.mqtt;

import java.io.IOException;

/** A peer announced a packet longer than it may send. Nothing of it has been handed on. */
public final class PacketTooLarge extends IOException {
  private static final long serialVersionUID = 1L;

  private final long announced;
  private final long limit;

  PacketTooLarge(long announced, long limit) {
    super(
        "the broker announced a packet of at least " + announced + " bytes, the limit is " + limit);
    this.announced = announced;
    this.limit = limit;
  }

  /** As far as its length was read. */
  public long announced() {
    return announced;
  }

  public long limit() {
    return limit;
  }
}
