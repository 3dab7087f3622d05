// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a version was not started: written down before another one is, for that one to tell.
 *
 * @param reason one line for people; what is not plain ASCII in it becomes {@code ?}, and what is
 *     too long is cut off
 */
public record SlotFault(Slot slot, Kind kind, String reason) {
  /** What is known of the version. */
  public enum Kind {
    /** It is not what was signed: it will not be started again. */
    DOES_NOT_HOLD,
    /** Nobody could say this time: the next start asks again. */
    NOT_KNOWN;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static final int MAX_LENGTH = 1024;

  private static final String FORM = "bartizan-fault 1";
  private static final int MAX_REASON = 400;

  public SlotFault {
    String plain = reason.replaceAll("[^ -~]", "?");
    reason = plain.substring(0, Math.min(plain.length(), MAX_REASON));
  }

  byte[] encode() {
    String text =
        String.join("\n", FORM, "slot " + slot.text(), "kind " + kind.text(), "reason " + reason);
    return (text + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a fault; empty when it is not as it was written. */
  static Optional<SlotFault> decode(byte[] file) {
    List<String> lines = new String(file, StandardCharsets.US_ASCII).lines().toList();
    if (lines.size() != 4 || !lines.get(0).equals(FORM)) {
      return Optional.empty();
    }
    Optional<String> reason = after("reason ", lines.get(3));
    Optional<Slot> slot = after("slot ", lines.get(1)).flatMap(Slot::find);
    for (Kind kind : Kind.values()) {
      if (slot.isPresent() && reason.isPresent() && lines.get(2).equals("kind " + kind.text())) {
        return Optional.of(new SlotFault(slot.get(), kind, reason.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> after(String key, String line) {
    return line.startsWith(key) ? Optional.of(line.substring(key.length())) : Optional.empty();
  }

  @Override
  public String toString() {
    return "version " + slot.text() + " was not started: " + reason;
  }
}
