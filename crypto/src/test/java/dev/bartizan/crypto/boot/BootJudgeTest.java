// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.EventLogBuilder;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BootJudgeTest extends JudgedBoot {
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
}
