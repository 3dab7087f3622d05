// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

/** The limits of all messages. */
public final class Wire {
  /** Of any message, in bytes: certificates are the longest things in them. */
  public static final int MAX_LENGTH = 64 * 1024;

  static final int MAX_STRUCTURE = 1024;
  static final int MAX_TEXT = 255;

  private Wire() {}
}
