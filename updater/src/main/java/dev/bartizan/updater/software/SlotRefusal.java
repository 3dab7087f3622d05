// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import dev.bartizan.crypto.Refusal;

/** What lies in a slot is not a version that this device is to run. */
public final class SlotRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Nothing there says that it is complete. */
    NOT_COMPLETE,
    /** It is neither active nor kept nor on trial here: the journal knows nothing of it. */
    NOT_CHOSEN,
    /** No trusted metadata vouches for it, or not any more. */
    NOT_SIGNED,
    /** A file is missing, is too many, or is not what was signed. */
    NOT_AS_SIGNED
  }

  private final Slot slot;
  private final Reason reason;

  public SlotRefusal(Slot slot, Reason reason, String detail) {
    super(slot.text() + ": " + detail);
    this.slot = slot;
    this.reason = reason;
  }

  public SlotRefusal(Slot slot, Reason reason, Refusal cause) {
    super(slot.text() + ": " + cause.getMessage(), cause);
    this.slot = slot;
    this.reason = reason;
  }

  public Slot slot() {
    return slot;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
