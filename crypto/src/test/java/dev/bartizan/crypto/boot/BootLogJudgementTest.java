// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.eventlog.EventLogBuilder;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Logs that lack something, say more, or belong to another boot. */
class BootLogJudgementTest extends JudgedBoot {
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
}
