// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the launcher goes by: a few lines that a shell can read, replaced as a whole.
 *
 * @param slot what is to be started
 * @param before what is started instead once {@code slot} has been given up
 * @param isOnTrial nobody has committed {@code slot} yet
 * @param tries starts of {@code slot} since it was last found healthy; the launcher adds to it
 *     before each start and gives the version up when there were {@link #TRIES_MAX}
 * @param seconds how long a trial may take; then the launcher ends it
 * @param fallen what the launcher gave up last, until the agent has taken note of it
 */
public record LaunchRecord(
    Slot slot, Slot before, boolean isOnTrial, int tries, int seconds, Optional<Slot> fallen) {
  /** A version is given up after so many starts without health. */
  public static final int TRIES_MAX = 3;

  static final int MAX_LENGTH = 1024;

  private static final String FORM = "bartizan-launch 1";
  private static final String TRIAL = "trial";
  private static final String KEPT = "kept";
  private static final String NONE = "none";

  /** What every shell takes for the same number: 08 is none to some of them. */
  private static final String COUNT = "0|[1-9][0-9]{0,5}";

  /** The version that was installed, and nothing else. */
  public static final LaunchRecord BASE =
      new LaunchRecord(Slot.BASE, Slot.BASE, false, 0, 0, Optional.empty());

  /** {@code next} is tried, and this is what it falls back to. */
  LaunchRecord trying(Slot next, int seconds) {
    return new LaunchRecord(next, slot, true, 0, seconds, Optional.empty());
  }

  /** What runs now stays. */
  LaunchRecord committed(int counted) {
    return new LaunchRecord(slot, before, false, counted, 0, fallen);
  }

  /** What has fallen is known. */
  LaunchRecord noted() {
    return new LaunchRecord(slot, before, isOnTrial, tries, seconds, Optional.empty());
  }

  /** What was before is started again. */
  LaunchRecord back() {
    return new LaunchRecord(before, Slot.BASE, false, 0, 0, Optional.empty());
  }

  byte[] encode() {
    return String.join(
            "\n",
            FORM,
            "slot " + slot.text(),
            "before " + before.text(),
            "state " + (isOnTrial ? TRIAL : KEPT),
            "tries " + tries,
            "seconds " + seconds,
            "fallen " + fallen.map(Slot::text).orElse(NONE),
            "end",
            "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a record; empty when a line of it is not as it was written. */
  static Optional<LaunchRecord> decode(byte[] file) {
    List<String> lines = new String(file, StandardCharsets.US_ASCII).lines().toList();
    if (lines.size() != 8 || !lines.get(0).equals(FORM) || !lines.get(7).equals("end")) {
      return Optional.empty();
    }
    Map<String, String> fields = new HashMap<>();
    for (String line : lines.subList(1, 7)) {
      int space = line.indexOf(' ');
      if (space > 0) {
        fields.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    return fields.size() == 6 ? of(fields) : Optional.empty();
  }

  private static Optional<LaunchRecord> of(Map<String, String> fields) {
    Optional<Slot> slot = Slot.find(fields.getOrDefault("slot", ""));
    Optional<Slot> before = Slot.find(fields.getOrDefault("before", ""));
    String state = fields.getOrDefault("state", "");
    String tries = fields.getOrDefault("tries", "");
    String seconds = fields.getOrDefault("seconds", "");
    String fallen = fields.getOrDefault("fallen", "");
    boolean isKnown =
        List.of(TRIAL, KEPT).contains(state)
            && tries.matches(COUNT)
            && seconds.matches(COUNT)
            && (fallen.equals(NONE) || Slot.find(fallen).isPresent());
    if (slot.isEmpty() || before.isEmpty() || !isKnown) {
      return Optional.empty();
    }
    return Optional.of(
        new LaunchRecord(
            slot.get(),
            before.get(),
            state.equals(TRIAL),
            Integer.parseInt(tries),
            Integer.parseInt(seconds),
            Slot.find(fallen)));
  }
}
