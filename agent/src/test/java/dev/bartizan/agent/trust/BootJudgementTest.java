// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.disk.FakeDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootJudgementTest {
  private static final Link FILE = Link.good("file a", "aa");
  private static final Link UNHEARD_OF = Link.unknown("pcr sha256:4", "no reference value", "44");
  private static final Link OTHER = Link.bad("pcr sha256:4", "43", "44");

  private final ActiveAlarms alarms = new ActiveAlarms();
  private final List<Verdict> told = new ArrayList<>();
  private Optional<Digest> documents = Optional.of(digest("documents of yesterday"));
  private boolean acceptsUnknown;
  private BootJudgement.Examination examination = () -> new ChainVerdict(List.of(FILE));

  private BootJudgement judgement() throws IOException {
    return new BootJudgement(
        () -> examination.examine(),
        () -> documents,
        verdict -> verdict == Verdict.GOOD || (verdict == Verdict.UNKNOWN && acceptsUnknown),
        new EventPublisher(alarms, Outbox.open(new FakeDisk()), () -> Instant.EPOCH),
        chain -> told.add(chain.overall()));
  }

  private void found(Link link) {
    examination = () -> new ChainVerdict(List.of(FILE, link));
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aVerdictIsOutdatedOnceOtherDocumentsAreTrustedAndNotBefore() throws Exception {
    BootJudgement boot = judgement();
    assertTrue(boot.isOutdated());
    assertTrue(boot.opensModels());
    assertFalse(boot.isOutdated());
    documents = Optional.of(digest("documents of today"));
    assertTrue(boot.isOutdated());
    assertTrue(boot.opensModels());
    assertFalse(boot.isOutdated());
  }

  @Test
  void anUnknownBootThatTurnsOutBadOpensNothingAnyMoreAndSaysWhy() throws Exception {
    acceptsUnknown = true;
    found(UNHEARD_OF);
    BootJudgement boot = judgement();
    assertTrue(boot.opensModels());

    found(OTHER);
    assertFalse(boot.opensModels());

    assertEquals(List.of(Verdict.UNKNOWN, Verdict.BAD), told);
    assertEquals(
        "bad: no model is opened: pcr sha256:4: expected 43, found 44", alarms.all().get("boot"));

    found(FILE);
    assertTrue(boot.opensModels());
    assertFalse(alarms.all().containsKey("boot"));
  }

  @Test
  void whatPolicyDoesNotAcceptAnyMoreIsToldToBePolicy() throws Exception {
    acceptsUnknown = true;
    found(UNHEARD_OF);
    BootJudgement boot = judgement();
    assertTrue(boot.opensModels());
    acceptsUnknown = false;
    assertFalse(boot.opensModels());
    assertEquals(
        "unknown: no model is opened: policy does not accept what is unknown",
        alarms.all().get("boot"));
  }

  // Attack: omission; a document that nobody can read would hide what it says of this boot.
  @Test
  void aDocumentThatCannotBeReadIsBadAndNotUnknown() throws Exception {
    acceptsUnknown = true;
    examination =
        () -> {
          throw new Malformed("reference: no such field");
        };
    assertFalse(judgement().opensModels());
    assertEquals(List.of(Verdict.BAD), told);
    assertTrue(alarms.all().toString().contains("no such field"), alarms.all().toString());
  }

  @Test
  void aChipThatDoesNotAnswerLeavesTheVerdictAsItWasAndOutdated() throws Exception {
    BootJudgement boot = judgement();
    assertTrue(boot.opensModels());
    documents = Optional.of(digest("documents of today"));
    examination =
        () -> {
          throw new IOException("the TPM does not answer");
        };
    assertThrows(IOException.class, boot::opensModels);
    assertEquals(List.of(Verdict.GOOD), told);
    assertTrue(boot.isOutdated());
  }

  @Test
  void aDeviceThatNeverHadDocumentsIsJudgedWhenTheFirstCome() throws Exception {
    documents = Optional.empty();
    found(UNHEARD_OF);
    BootJudgement boot = judgement();
    assertFalse(boot.opensModels());
    documents = Optional.of(digest("the first"));
    assertTrue(boot.isOutdated());
  }
}
