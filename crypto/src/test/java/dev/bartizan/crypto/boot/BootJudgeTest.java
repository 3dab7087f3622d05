// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.EventLogBuilder;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.eventlog.Replay;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BootJudgeTest {
  private static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
  private static final LogHash SHA256 = LogHash.SHA256;
  private static final int EV_POST_CODE = 1;

  private final Bytes golden = FirmwareBoot.log("kernel 1", LogHash.SHA1, SHA256);

  @Test
  void theTwinOfAGoldenDeviceIsGoodComponentByComponent() throws Exception {
    List<BootFinding> findings = judge(learned(), values(golden), BootLogs.of(golden));
    assertEquals(Verdict.GOOD, overall(findings));
    long events = EventLog.read(golden).events().stream().filter(MeasuredEvent::extendsPcr).count();
    assertEquals(events, findings.stream().filter(it -> it.subject() == Subject.EVENT).count());
    assertTrue(findings.stream().anyMatch(it -> it.link().name().endsWith("shimx64.efi")));
    assertEquals("on", only(findings, Subject.SECURE_BOOT).link().found());
    assertEquals(Verdict.GOOD, only(findings, Subject.SEPARATORS).link().verdict());
  }

  @Test
  void anotherKernelIsBadAndTheReasonNamesWhatCameInItsPlace() throws Exception {
    Bytes other = FirmwareBoot.log("kernel 2", LogHash.SHA1, SHA256);
    List<BootFinding> findings = judge(learned(), values(other), BootLogs.of(other));
    List<BootFinding> bad =
        findings.stream().filter(it -> it.link().verdict() == Verdict.BAD).toList();
    assertEquals(Set.of(4, 7, 9), Set.copyOf(bad.stream().map(BootFinding::pcr).toList()));
    assertTrue(bad.stream().anyMatch(it -> it.link().found().contains("\\vmlinuz")));
    assertEquals(Verdict.GOOD, verdictOf(findings, "pcr sha256:0"));
  }

  @Test
  void noLogIsUnknownHoweverGoodTheValuesAre() throws Exception {
    List<BootFinding> findings = judge(learned(), values(golden), BootLogs.none());
    assertEquals(Verdict.UNKNOWN, overall(findings));
    assertEquals("NO_BOOT_LOG", only(findings, Subject.LOG).code());
  }

  @Test
  void wholeValuesOfHardwareThatKeepsNoLogStillDecide() {
    ReferenceValues values = ReferenceValues.learn("board", values(golden));
    assertEquals(Verdict.GOOD, overall(judge(values, values(golden), BootLogs.none())));
  }

  /** Attack: the log of a good boot, shown for another. */
  @Test
  void aLogThatDoesNotReplayIsBadAndNoneOfItsEventsIsJudged() throws Exception {
    Bytes other = FirmwareBoot.log("kernel 2", LogHash.SHA1, SHA256);
    List<BootFinding> findings = judge(learned(), values(other), BootLogs.of(golden));
    BootFinding log = only(findings, Subject.LOG);
    assertEquals("BOOT_LOG_DOES_NOT_REPLAY", log.code());
    assertEquals(Verdict.BAD, log.link().verdict());
    assertEquals(Verdict.BAD, verdictOf(findings, "pcr sha256:4"));
    assertTrue(findings.stream().noneMatch(it -> it.subject() == Subject.EVENT && it.pcr() == 4));
  }

  /** Attack: a log that replays in a bank that nobody quoted. */
  @Test
  void aLogOfAnotherBankExplainsNothing() throws Exception {
    Bytes sha1 = FirmwareBoot.log("kernel 1", LogHash.SHA1);
    List<BootFinding> findings = judge(learned(), values(golden), BootLogs.of(sha1));
    assertEquals("BOOT_LOG_BANK", only(findings, Subject.LOG).code());
    assertEquals(Verdict.UNKNOWN, overall(findings));
  }

  @Test
  void aLogThatIsCutShortOrGarbageIsRefusedAndNeverGood() throws Exception {
    Bytes cut = Bytes.of(Arrays.copyOf(golden.toArray(), golden.length() - 1));
    for (Bytes log : List.of(cut, Bytes.of(new byte[] {1, 2, 3}))) {
      List<BootFinding> findings = judge(learned(), values(golden), BootLogs.of(log));
      assertEquals("BOOT_LOG_REFUSED", only(findings, Subject.LOG).code());
      assertEquals(Verdict.BAD, overall(findings));
    }
  }

  /** Attack: an event behind the expected ones, in a PCR that firmware is done with. */
  @Test
  void oneEventMoreIsBadAndSoIsOneLess() throws Exception {
    Bytes more = plus(golden, EventLogBuilder.agile(LogHash.SHA1, SHA256), 4);
    assertOnlyFault("no such event", judge(learned(), values(more), BootLogs.of(more)));
    ReferenceValues expectsMore = ReferenceValues.learn("twin", values(more), BootLogs.of(more));
    List<BootFinding> less = judge(expectsMore, values(golden), BootLogs.of(golden));
    assertEquals(Verdict.BAD, overall(less));
    assertTrue(less.stream().anyMatch(it -> it.link().found().equals("no such event")));
  }

  /** Attack: the digests are true, the words are not. */
  @Test
  void whatTheLogCallsAnEventChangesNothing() throws Exception {
    byte[] renamed = golden.toArray();
    int at = indexOf(renamed, "shimx64".getBytes(StandardCharsets.UTF_16LE));
    renamed[at] = 'S';
    assertEquals(
        Verdict.GOOD, overall(judge(learned(), values(golden), BootLogs.of(Bytes.of(renamed)))));
  }

  @Test
  void secureBootThatIsOffIsBadAndNamed() throws Exception {
    Bytes off = FirmwareBoot.log("kernel 1", false, LogHash.SHA1, SHA256);
    BootFinding found = only(judge(learned(), values(off), BootLogs.of(off)), Subject.SECURE_BOOT);
    assertEquals(Verdict.BAD, found.link().verdict());
    assertEquals("off", found.link().found());
  }

  @Test
  void aSecondSeparatorIsNamed() throws Exception {
    EventLogBuilder builder = EventLogBuilder.agile(SHA256).separator(4);
    Bytes one = builder.build();
    ReferenceValues reference = ReferenceValues.learn("twin", values(one), BootLogs.of(one));
    Bytes two = builder.separator(4).build();
    BootFinding found = only(judge(reference, values(two), BootLogs.of(two)), Subject.SEPARATORS);
    assertEquals(Verdict.BAD, found.link().verdict());
    assertEquals("PCR 4: 2 of them", found.link().found());
  }

  @Test
  void eitherOfTwoGoldenDevicesIsGoodWhileBothAreAllowed() throws Exception {
    Bytes other = FirmwareBoot.log("kernel 2", LogHash.SHA1, SHA256);
    ReferenceValues both =
        learned().or(ReferenceValues.learn("twin", values(other), BootLogs.of(other)));
    ReferenceValues travelled = ReferenceValues.parse(both.toJson());
    assertEquals(both, travelled);
    assertEquals(Verdict.GOOD, overall(judge(travelled, values(other), BootLogs.of(other))));
    assertEquals(Verdict.GOOD, overall(judge(travelled, values(golden), BootLogs.of(golden))));
  }

  @Test
  void aPcrThatIsExtendedAfterTheFirmwaresLogEndedIsUnknownWithoutTheOtherLog() throws Exception {
    Bytes firmware = plus(golden, EventLogBuilder.agile(LogHash.SHA1, SHA256), 11);
    Bytes userspace = phase("enter-initrd");
    BootLogs both = new BootLogs(Optional.of(firmware), Optional.of(userspace));
    PcrValues held = values(firmware).with(TpmHash.SHA256, 11, combined(firmware, userspace));
    ReferenceValues reference = ReferenceValues.learn("twin", held, both);

    assertEquals(Verdict.GOOD, overall(judge(reference, held, both)));
    assertEquals(Verdict.UNKNOWN, overall(judge(reference, held, BootLogs.of(firmware))));
    // Earlier in the same boot: words that are still to come are no fault.
    PcrValues earlier = values(firmware);
    assertEquals(Verdict.GOOD, overall(judge(reference, earlier, BootLogs.of(firmware))));
    // Attack: an unknown word.
    Bytes strange = phase("emergency");
    PcrValues after = values(firmware).with(TpmHash.SHA256, 11, combined(firmware, strange));
    BootLogs logs = new BootLogs(Optional.of(firmware), Optional.of(strange));
    assertEquals(Verdict.BAD, overall(judge(reference, after, logs)));
  }

  @Test
  void aPcrThatNothingIsExtendedIntoIsAnAlternativeLikeAnother() throws Exception {
    Bytes one = EventLogBuilder.agile(SHA256).separator(4).build();
    Bytes two = EventLogBuilder.agile(SHA256).separator(4).separator(5).build();
    ReferenceValues both =
        ReferenceValues.learn("twin", values(one), BootLogs.of(one))
            .or(ReferenceValues.learn("twin", values(two), BootLogs.of(two)));
    assertEquals(Verdict.GOOD, overall(judge(both, values(one), BootLogs.of(one))));
    assertEquals(Verdict.GOOD, overall(judge(both, values(two), BootLogs.of(two))));
  }

  @Test
  void aProfileWithoutThisPcrKnowsNothingOfIt() throws Exception {
    ReferenceValues without = without("sha256:9");
    List<BootFinding> findings = judge(without, values(golden), BootLogs.of(golden));
    assertEquals(Verdict.UNKNOWN, verdictOf(findings, "pcr sha256:9"));
    assertEquals(Verdict.UNKNOWN, overall(findings));
    ReferenceValues open = learned().leavingOpen(Set.of(9));
    assertEquals(Verdict.GOOD, overall(judge(open, values(golden), BootLogs.of(golden))));
  }

  // Attack: a loader of one accepted boot starts the kernel of another.
  @Test
  void aMixOfTwoAcceptedBootsIsNoneOfThem() throws Exception {
    Bytes other = FirmwareBoot.log("kernel 2", LogHash.SHA1, SHA256);
    ReferenceValues both = learned().or(ReferenceValues.learn("twin", values(other)));
    PcrValues mixed = values(golden).with(TpmHash.SHA256, 9, value(other, 9));
    assertEquals(Verdict.BAD, overall(judge(both, mixed, BootLogs.none())));
    ReferenceValues off =
        ReferenceValues.learn(
            "twin",
            values(FirmwareBoot.log("kernel 2", false, LogHash.SHA1, SHA256)),
            BootLogs.of(FirmwareBoot.log("kernel 2", false, LogHash.SHA1, SHA256)));
    // One boot wants Secure Boot, the other wants it off: neither is without a wish.
    ReferenceValues disagree = learned().or(off);
    assertEquals(
        "on",
        only(judge(disagree, values(golden), BootLogs.of(golden)), Subject.SECURE_BOOT)
            .link()
            .expected());
    assertEquals(2, ReferenceValues.parse(disagree.toJson()).boots().size());
  }

  // Attack: a bank that is switched on, and that firmware never extends, is brought to any value.
  @Test
  void aBankThatFirmwareDoesNotMeasureIntoIsBadWhateverIsAccepted() throws Exception {
    PcrValues blank = values(EventLogBuilder.agile(SHA256).build());
    PcrValues forged = blank.with(TpmHash.SHA256, 9, value(golden, 9));
    for (ReferenceValues reference :
        List.of(ReferenceValues.learn("twin", forged), ReferenceValues.none("twin"))) {
      for (BootLogs logs : List.of(BootLogs.none(), BootLogs.of(golden))) {
        List<BootFinding> findings = judge(reference, forged, logs);
        assertEquals("BANK_NOT_EXTENDED", only(findings, Subject.BANK).code());
        assertEquals(Verdict.BAD, overall(findings));
      }
    }
    byte[] locality = new byte[32];
    locality[31] = 3;
    PcrValues started = forged.with(TpmHash.SHA256, 0, Bytes.of(locality));
    assertEquals(
        Verdict.BAD, overall(judge(ReferenceValues.none("twin"), started, BootLogs.none())));
  }

  // Attack: Secure Boot is demanded, and the PCR that tells of it is not quoted.
  @Test
  void whatIsDemandedAndNotQuotedIsUnknownByName() throws Exception {
    PcrSelection six = PcrSelection.parse("sha256:0,1,2,3,4,5,6,8,9,10,11,12,13,14,15");
    PcrValues fewer = select(six, values(golden));
    List<BootFinding> findings = judge(learned(), fewer, BootLogs.of(golden));
    assertEquals("unknown", only(findings, Subject.SECURE_BOOT).link().found());
    assertEquals(Verdict.UNKNOWN, verdictOf(findings, "pcr sha256:7"));
    assertEquals(Verdict.UNKNOWN, overall(findings));
  }

  // Attack: a reference that says nothing.
  @Test
  void anEmptyReferenceIsNotSilent() throws Exception {
    for (ReferenceValues empty :
        List.of(ReferenceValues.none("twin"), ReferenceValues.ofValues("twin", Map.of()))) {
      List<BootFinding> findings = judge(empty, values(golden), BootLogs.of(golden));
      assertEquals("NO_REFERENCE", only(findings, Subject.REFERENCE).code());
      assertEquals(Verdict.UNKNOWN, overall(findings));
      assertEquals(Verdict.UNKNOWN, verdictOf(findings, "pcr sha256:8"));
    }
  }

  // Attack: the log is taken away, so that what it would show is not known to be bad.
  @Test
  void aMissingLogIsNoBetterThanAWrongOne() throws Exception {
    Bytes other = FirmwareBoot.log("kernel 2", LogHash.SHA1, SHA256);
    AcceptedBoot boot = learned().boots().get(0);
    ReferenceValues eventsAlone =
        new ReferenceValues(
            "twin",
            List.of(new AcceptedBoot(Map.of(), boot.events(), boot.secureBoot(), Set.of())));
    assertEquals(Verdict.GOOD, overall(judge(eventsAlone, values(golden), BootLogs.of(golden))));
    assertEquals(Verdict.BAD, overall(judge(eventsAlone, values(other), BootLogs.of(other))));
    assertEquals(Verdict.BAD, overall(judge(eventsAlone, values(other), BootLogs.none())));
  }

  @Test
  void theSameVerdictsInEachBank() throws Exception {
    LogHash sha384 = LogHash.of(TpmHash.SHA384);
    Bytes good = FirmwareBoot.log("kernel 1", SHA256, sha384);
    Bytes other = FirmwareBoot.log("kernel 2", SHA256, sha384);
    for (TpmHash bank : List.of(TpmHash.SHA256, TpmHash.SHA384)) {
      ReferenceValues reference =
          ReferenceValues.learn("twin", values(bank, good), BootLogs.of(good));
      assertEquals(Verdict.GOOD, overall(judge(reference, values(bank, good), BootLogs.of(good))));
      List<BootFinding> findings = judge(reference, values(bank, other), BootLogs.of(other));
      assertEquals(Verdict.BAD, overall(findings));
      assertTrue(
          findings.stream()
              .filter(it -> it.pcr() != BootFinding.NO_PCR)
              .allMatch(it -> it.bank().equals(Optional.of(bank))));
      ReferenceValues less = new ReferenceValues("twin", List.of(dropped(reference, ":9")));
      assertEquals(
          Verdict.UNKNOWN,
          verdictOf(
              judge(less, values(bank, good), BootLogs.of(good)), "pcr " + bank.text() + ":9"));
    }
  }

  // Attack: any one thing left out, or another in its place.
  @Test
  void nothingLeftOutOrAlteredAloneIsGood() throws Exception {
    BootLogs logs = BootLogs.of(golden);
    PcrValues held = values(golden);
    List<List<BootFinding>> judged = new ArrayList<>();
    AcceptedBoot boot = learned().boots().get(0);
    for (String name : boot.known()) {
      judged.add(judge(without(name), held, logs));
      Map<String, Set<String>> wrong = new TreeMap<>(boot.values());
      wrong.put(name, Set.of("ab".repeat(32)));
      AcceptedBoot another = new AcceptedBoot(wrong, Map.of(), boot.secureBoot(), Set.of());
      judged.add(judge(new ReferenceValues("twin", List.of(another)), held, logs));
    }
    for (int pcr : BootPcrs.ALL) {
      List<Integer> rest = new ArrayList<>(BootPcrs.ALL);
      rest.remove(Integer.valueOf(pcr));
      judged.add(judge(learned(), select(numbers(rest), held), logs));
      judged.add(judge(learned(), held.with(TpmHash.SHA256, pcr, Bytes.of(filled(7))), logs));
      if (BootPcrs.isExtended(pcr, value(golden, pcr))) {
        judged.add(judge(learned(), held.with(TpmHash.SHA256, pcr, Bytes.of(filled(0))), logs));
      }
    }
    EventLog whole = EventLog.read(golden);
    for (MeasuredEvent event : whole.events()) {
      if (event.extendsPcr()) {
        byte[] changed = golden.toArray();
        byte[] digest = event.digest(SHA256).orElseThrow().toArray();
        changed[indexOf(changed, digest)] ^= 1;
        judged.add(judge(learned(), held, BootLogs.of(Bytes.of(changed))));
      }
    }
    judged.add(judge(learned(), held, BootLogs.none()));
    judged.add(judge(learned(), new PcrValues(new PcrSelection(List.of()), List.of()), logs));
    judged.add(judge(ReferenceValues.none("twin"), held, logs));
    AcceptedBoot insecure =
        new AcceptedBoot(boot.values(), boot.events(), Optional.of(false), Set.of());
    judged.add(judge(new ReferenceValues("twin", List.of(insecure)), held, logs));
    assertEquals(Verdict.GOOD, overall(judge(learned(), held, logs)));
    assertTrue(judged.size() > 60);
    for (List<BootFinding> findings : judged) {
      assertTrue(overall(findings) != Verdict.GOOD, findings.toString());
    }
  }

  private ReferenceValues without(String pcr) throws Exception {
    return new ReferenceValues("twin", List.of(dropped(learned(), pcr)));
  }

  private static AcceptedBoot dropped(ReferenceValues reference, String pcr) {
    AcceptedBoot boot = reference.boots().get(0);
    Map<String, Set<String>> values = new TreeMap<>(boot.values());
    Map<String, List<ExpectedEvent>> events = new TreeMap<>(boot.events());
    values.keySet().removeIf(it -> it.endsWith(pcr));
    events.keySet().removeIf(it -> it.endsWith(pcr));
    return new AcceptedBoot(values, events, boot.secureBoot(), Set.of());
  }

  private static PcrSelection numbers(List<Integer> pcrs) {
    return PcrSelection.of(TpmHash.SHA256, pcrs.stream().mapToInt(it -> it).toArray());
  }

  private static PcrValues select(PcrSelection selection, PcrValues from) {
    List<Bytes> values = new ArrayList<>();
    for (PcrBank bank : selection.banks()) {
      bank.pcrs().forEach(pcr -> values.add(from.find(bank.hash(), pcr).orElseThrow()));
    }
    return new PcrValues(selection, values);
  }

  private static byte[] filled(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static PcrValues values(TpmHash bank, Bytes log) throws Exception {
    LogHash hash = LogHash.of(bank);
    Replay replay = EventLog.read(log).replay();
    List<Bytes> values = new ArrayList<>();
    for (int pcr = 0; pcr < 16; pcr++) {
      values.add(replay.find(hash, pcr).orElse(Replay.start(hash, pcr, 0)));
    }
    return new PcrValues(
        PcrSelection.of(bank, java.util.stream.IntStream.range(0, 16).toArray()), values);
  }

  private ReferenceValues learned() throws Exception {
    return ReferenceValues.parse(
        ReferenceValues.learn("twin", values(golden), BootLogs.of(golden)).toJson());
  }

  private static List<BootFinding> judge(ReferenceValues reference, PcrValues held, BootLogs logs) {
    return new BootJudge(reference).judge(held, logs);
  }

  private static Verdict overall(List<BootFinding> findings) {
    return new ChainVerdict(findings.stream().map(BootFinding::link).toList()).overall();
  }

  private static BootFinding only(List<BootFinding> findings, Subject subject) {
    List<BootFinding> found = findings.stream().filter(it -> it.subject() == subject).toList();
    assertEquals(1, found.size(), findings.toString());
    return found.get(0);
  }

  private static Verdict verdictOf(List<BootFinding> findings, String name) {
    return findings.stream()
        .filter(it -> it.link().name().equals(name))
        .findFirst()
        .orElseThrow()
        .link()
        .verdict();
  }

  private static void assertOnlyFault(String expected, List<BootFinding> findings) {
    List<BootFinding> bad =
        findings.stream()
            .filter(it -> it.subject() == Subject.EVENT && it.link().verdict() == Verdict.BAD)
            .toList();
    assertEquals(1, bad.size(), bad.toString());
    assertEquals(expected, bad.get(0).link().expected());
  }

  private static PcrValues values(Bytes log) {
    List<Bytes> values = new ArrayList<>();
    for (PcrBank bank : BOOT.banks()) {
      bank.pcrs().forEach(pcr -> values.add(value(log, pcr)));
    }
    return new PcrValues(BOOT, values);
  }

  private static Bytes value(Bytes log, int pcr) {
    try {
      return EventLog.read(log).replay().find(SHA256, pcr).orElse(Replay.start(SHA256, pcr, 0));
    } catch (dev.bartizan.crypto.eventlog.LogRefusal refusal) {
      throw new IllegalStateException(refusal);
    }
  }

  /** The log with one more event in {@code pcr}. */
  private static Bytes plus(Bytes log, EventLogBuilder header, int pcr) {
    int headerLength = header.build().length();
    byte[] event = header.measured(pcr, EV_POST_CODE, new byte[] {42}).build().toArray();
    byte[] whole = Arrays.copyOf(log.toArray(), log.length() + event.length - headerLength);
    System.arraycopy(event, headerLength, whole, log.length(), event.length - headerLength);
    return Bytes.of(whole);
  }

  private static Bytes combined(Bytes firmware, Bytes userspace) throws Exception {
    EventLog both = EventLog.read(firmware).followedBy(EventLog.read(userspace).events());
    return both.replay().find(SHA256, 11).orElseThrow();
  }

  private static Bytes phase(String word) {
    String record =
        "\u001e{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\""
            + Digest.of(word.getBytes(StandardCharsets.UTF_8))
            + "\"}],\"content_type\":\"systemd\",\"content\":{\"eventType\":\"phase\",\"string\":\""
            + word
            + "\"}}\n";
    return Bytes.of(record.getBytes(StandardCharsets.UTF_8));
  }

  private static int indexOf(byte[] content, byte[] part) {
    for (int at = 0; at + part.length <= content.length; at++) {
      if (Arrays.equals(content, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new IllegalStateException("not there");
  }
}
