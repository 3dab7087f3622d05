// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.store;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;

/** Bytes that are not what their name says, or an object that is not held. */
public final class StoreRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Code {
    /** The store does not hold the object. */
    NOT_HELD,
    /** The bytes have another digest than their name. */
    HASH_MISMATCH,
    /** More bytes than were announced or allowed. */
    TOO_LONG,
    /** Fewer bytes than were announced. */
    TOO_SHORT
  }

  private final Code code;
  private final transient Digest object;

  private StoreRefusal(Code code, Digest object, String message) {
    super(message);
    this.code = code;
    this.object = object;
  }

  static StoreRefusal notHeld(Digest object) {
    return new StoreRefusal(Code.NOT_HELD, object, "objects/" + object + ": not held");
  }

  static StoreRefusal mismatch(Digest expected, Digest found) {
    return new StoreRefusal(
        Code.HASH_MISMATCH, expected, "objects/" + expected + ": the content hashes to " + found);
  }

  static StoreRefusal tooLong(Digest object, long limit) {
    return new StoreRefusal(
        Code.TOO_LONG, object, "objects/" + object + ": longer than " + limit + " bytes");
  }

  static StoreRefusal tooShort(Digest object, long expected, long found) {
    return new StoreRefusal(
        Code.TOO_SHORT, object, "objects/" + object + ": " + found + " of " + expected + " bytes");
  }

  @Override
  public String code() {
    return code.name();
  }

  public Code reason() {
    return code;
  }

  /** The object, by the name under which it was asked for or offered. */
  public Digest object() {
    return object;
  }
}
