// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.LogRefusal;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.eventlog.Replay;
import dev.bartizan.crypto.eventlog.SecureBoot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The logs of one boot, read: the firmware's events, then those of user space. */
final class MeasuredBoot {
  private static final int LAST_FIRMWARE_PCR = 7;

  private final EventLog firmware;
  private final Replay replay;
  private final Map<Integer, List<MeasuredEvent>> extended = new HashMap<>();
  private final List<MeasuredEvent> userspace;

  private MeasuredBoot(EventLog firmware, List<MeasuredEvent> userspace) {
    this.firmware = firmware;
    Stream.of(firmware.events(), userspace)
        .flatMap(List::stream)
        .filter(MeasuredEvent::extendsPcr)
        .forEach(it -> extended.computeIfAbsent(it.pcr(), pcr -> new ArrayList<>()).add(it));
    this.replay = firmware.followedBy(userspace).replay();
    this.userspace = List.copyOf(userspace);
  }

  /**
   * Reads both logs.
   *
   * @throws LogRefusal also when the firmware's log is cut short: what is missing could be anything
   */
  static Optional<MeasuredBoot> read(BootLogs logs) throws LogRefusal {
    if (logs.firmware().isEmpty()) {
      return Optional.empty();
    }
    EventLog firmware = EventLog.read(logs.firmware().get()).requireWhole();
    List<MeasuredEvent> userspace = new ArrayList<>();
    if (logs.userspace().isPresent()) {
      // One that is being written while it is read is not whole, and no fault.
      userspace.addAll(EventLog.read(logs.userspace().get()).events());
    }
    return Optional.of(new MeasuredBoot(firmware, userspace));
  }

  boolean has(LogHash bank) {
    return firmware.banks().contains(bank);
  }

  /** What was extended into one PCR, in order. */
  List<MeasuredEvent> events(int pcr) {
    return Collections.unmodifiableList(extended.getOrDefault(pcr, List.of()));
  }

  /** What the PCR holds after these events; nothing when they do not tell. */
  Optional<Bytes> value(LogHash bank, int pcr) {
    return events(pcr).isEmpty()
        ? Optional.of(Replay.start(bank, pcr, firmware.startupLocality()))
        : replay.find(bank, pcr);
  }

  /**
   * Whether nothing but these events may have been extended into the PCR. Others are extended after
   * the firmware's log has ended (10 by IMA, 11 by systemd), and only a log of that can tell.
   */
  boolean tellsAllOf(int pcr) {
    return pcr <= LAST_FIRMWARE_PCR || userspace.stream().anyMatch(event -> event.pcr() == pcr);
  }

  /** Whether it is one that user space extended. */
  boolean isOfUserspace(MeasuredEvent event) {
    return userspace.contains(event);
  }

  SecureBoot secureBoot() {
    return SecureBoot.of(firmware);
  }
}
