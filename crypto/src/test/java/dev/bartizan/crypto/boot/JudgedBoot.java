// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.EventLogBuilder;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.Replay;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A golden boot, its log and its values, and what is made of others beside it. */
abstract class JudgedBoot {
  static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
  static final LogHash SHA256 = LogHash.SHA256;
  static final int EV_POST_CODE = 1;

  final Bytes golden = FirmwareBoot.log("kernel 1", LogHash.SHA1, SHA256);

  ReferenceValues without(String pcr) throws Exception {
    return new ReferenceValues("twin", List.of(dropped(learned(), pcr)));
  }

  static AcceptedBoot dropped(ReferenceValues reference, String pcr) {
    AcceptedBoot boot = reference.boots().get(0);
    Map<String, Set<String>> values = new TreeMap<>(boot.values());
    Map<String, List<ExpectedEvent>> events = new TreeMap<>(boot.events());
    values.keySet().removeIf(it -> it.endsWith(pcr));
    events.keySet().removeIf(it -> it.endsWith(pcr));
    return new AcceptedBoot(values, events, boot.secureBoot(), Set.of());
  }

  static PcrSelection numbers(List<Integer> pcrs) {
    return PcrSelection.of(TpmHash.SHA256, pcrs.stream().mapToInt(it -> it).toArray());
  }

  static PcrValues select(PcrSelection selection, PcrValues from) {
    List<Bytes> values = new ArrayList<>();
    for (PcrBank bank : selection.banks()) {
      bank.pcrs().forEach(pcr -> values.add(from.find(bank.hash(), pcr).orElseThrow()));
    }
    return new PcrValues(selection, values);
  }

  static byte[] filled(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  static PcrValues values(TpmHash bank, Bytes log) throws Exception {
    LogHash hash = LogHash.of(bank);
    Replay replay = EventLog.read(log).replay();
    List<Bytes> values = new ArrayList<>();
    for (int pcr = 0; pcr < 16; pcr++) {
      values.add(replay.find(hash, pcr).orElse(Replay.start(hash, pcr, 0)));
    }
    return new PcrValues(
        PcrSelection.of(bank, java.util.stream.IntStream.range(0, 16).toArray()), values);
  }

  ReferenceValues learned() throws Exception {
    return ReferenceValues.parse(
        ReferenceValues.learn("twin", values(golden), BootLogs.of(golden)).toJson());
  }

  static List<BootFinding> judge(ReferenceValues reference, PcrValues held, BootLogs logs) {
    return new BootJudge(reference).judge(held, logs);
  }

  static Verdict overall(List<BootFinding> findings) {
    return new ChainVerdict(findings.stream().map(BootFinding::link).toList()).overall();
  }

  static BootFinding only(List<BootFinding> findings, Subject subject) {
    List<BootFinding> found = findings.stream().filter(it -> it.subject() == subject).toList();
    assertEquals(1, found.size(), findings.toString());
    return found.get(0);
  }

  static Verdict verdictOf(List<BootFinding> findings, String name) {
    return findings.stream()
        .filter(it -> it.link().name().equals(name))
        .findFirst()
        .orElseThrow()
        .link()
        .verdict();
  }

  static void assertOnlyFault(String expected, List<BootFinding> findings) {
    List<BootFinding> bad =
        findings.stream()
            .filter(it -> it.subject() == Subject.EVENT && it.link().verdict() == Verdict.BAD)
            .toList();
    assertEquals(1, bad.size(), bad.toString());
    assertEquals(expected, bad.get(0).link().expected());
  }

  static PcrValues values(Bytes log) {
    List<Bytes> values = new ArrayList<>();
    for (PcrBank bank : BOOT.banks()) {
      bank.pcrs().forEach(pcr -> values.add(value(log, pcr)));
    }
    return new PcrValues(BOOT, values);
  }

  static Bytes value(Bytes log, int pcr) {
    try {
      return EventLog.read(log).replay().find(SHA256, pcr).orElse(Replay.start(SHA256, pcr, 0));
    } catch (dev.bartizan.crypto.eventlog.LogRefusal refusal) {
      throw new IllegalStateException(refusal);
    }
  }

  /** The log with one more event in {@code pcr}. */
  static Bytes plus(Bytes log, EventLogBuilder header, int pcr) {
    int headerLength = header.build().length();
    byte[] event = header.measured(pcr, EV_POST_CODE, new byte[] {42}).build().toArray();
    byte[] whole = Arrays.copyOf(log.toArray(), log.length() + event.length - headerLength);
    System.arraycopy(event, headerLength, whole, log.length(), event.length - headerLength);
    return Bytes.of(whole);
  }

  static Bytes combined(Bytes firmware, Bytes userspace) throws Exception {
    EventLog both = EventLog.read(firmware).followedBy(EventLog.read(userspace).events());
    return both.replay().find(SHA256, 11).orElseThrow();
  }

  static Bytes phase(String word) {
    String record =
        "\u001e{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\""
            + Digest.of(word.getBytes(StandardCharsets.UTF_8))
            + "\"}],\"content_type\":\"systemd\",\"content\":{\"eventType\":\"phase\",\"string\":\""
            + word
            + "\"}}\n";
    return Bytes.of(record.getBytes(StandardCharsets.UTF_8));
  }

  static int indexOf(byte[] content, byte[] part) {
    for (int at = 0; at + part.length <= content.length; at++) {
      if (Arrays.equals(content, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new IllegalStateException("not there");
  }
}
