// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MeasuredLogTest {
  private static final AgentEvent SOFTWARE =
      new AgentEvent(AgentEvent.Kind.SOFTWARE, Digest.of(new byte[] {1}), "software/agent");
  private static final AgentEvent GOOD = AgentEvent.model("defect", "1", Digest.of(new byte[] {2}));
  private static final AgentEvent BAD = AgentEvent.model("defect", "6", Digest.of(new byte[] {6}));

  private final Chip chip = new Chip();
  private final Place place = new Place();

  @Test
  void theFirstPcrThatTheBootLeftAloneIsTaken() throws Exception {
    assertEquals(13, open().log().pcr());
    chip.extend(TpmHash.SHA256, 13, Digest.of(new byte[] {9}).value());
    chip.bound.add(15);
    place.kept = Optional.empty();
    MeasuredLog third = open();
    assertEquals(12, third.log().pcr());
    assertFalse(third.isLost());
  }

  @Test
  void aChipThatKeepsNoBankOfSha256IsMeasuredIntoTheOneItKeeps() throws Exception {
    chip.bank = TpmHash.SHA384;
    MeasuredLog first = open();
    first.measure(SOFTWARE);
    first.measure(GOOD);

    MeasuredLog second = open();

    assertEquals(List.of(SOFTWARE, GOOD), second.log().events());
    assertEquals(TpmHash.SHA384, second.log().bank());
    assertEquals(chip.held(13), second.log().replay());
  }

  @Test
  void withNoPcrLeftNothingIsMeasured() throws Exception {
    for (int pcr : AgentLog.CANDIDATES) {
      chip.extend(TpmHash.SHA256, pcr, Digest.of(new byte[] {9}).value());
    }
    MeasurementRefusal refusal = assertThrows(MeasurementRefusal.class, this::open);
    assertEquals("NO_PCR_LEFT", refusal.code());
  }

  // Attack: the service is restarted, so that a bad model is forgotten within the same boot.
  @Test
  void aRestartOfTheServiceForgetsNothing() throws Exception {
    MeasuredLog first = open();
    first.measure(SOFTWARE);
    first.measure(BAD);
    MeasuredLog second = open();
    second.measure(SOFTWARE);
    second.measure(GOOD);
    assertEquals(List.of(SOFTWARE, BAD, GOOD), second.log().events());
    assertEquals(chip.held(13), second.log().replay());
    assertFalse(second.isLost());
  }

  @Test
  void aThingIsMeasuredOncePerBoot() throws Exception {
    MeasuredLog log = open();
    for (int times = 0; times < 5000; times++) {
      log.measure(GOOD);
    }
    assertEquals(List.of(GOOD), log.log().events());
    assertEquals(1, chip.extensions);
  }

  @Test
  void aCrashOnEitherSideOfTheExtensionLeavesALogThatReplays() throws Exception {
    open().measure(SOFTWARE);
    for (boolean extended : new boolean[] {true, false}) {
      AgentEvent event = extended ? GOOD : BAD;
      AgentLog before = open().log();
      chip.dies = extended ? Dies.AFTER : Dies.BEFORE;
      assertThrows(IllegalStateException.class, () -> open().measure(event));
      chip.dies = Dies.NOT;
      assertEquals(before.plus(event), place.look().orElseThrow());
      MeasuredLog after = open();
      assertEquals(extended ? before.plus(event) : before, after.log());
      assertEquals(chip.held(13), after.log().replay());
      assertFalse(after.isLost());
    }
  }

  @Test
  void aLostAnswerIsLookedUpAndAnExtensionThatNeverCameIsNotClaimed() throws Exception {
    MeasuredLog log = open();
    log.measure(SOFTWARE);
    chip.dies = Dies.ANSWER;
    log.measure(GOOD);
    assertEquals(List.of(SOFTWARE, GOOD), log.log().events());
    chip.dies = Dies.QUESTION;
    assertThrows(IOException.class, () -> log.measure(BAD));
    assertEquals(chip.held(13), log.log().replay());
    chip.dies = Dies.NOT;
    log.measure(BAD);
    assertEquals(List.of(SOFTWARE, GOOD, BAD), log.log().events());
    assertEquals(chip.held(13), log.log().replay());
  }

  @Test
  void nothingIsExtendedThatCouldNotBeLoggedFirst() throws Exception {
    MeasuredLog log = open();
    place.full = true;
    assertThrows(IOException.class, () -> log.measure(GOOD));
    assertEquals(0, chip.extensions);
    place.full = false;
    log.measure(GOOD);
    assertEquals(chip.held(13), log.log().replay());
  }

  // Attack: the log is taken away or exchanged, and what it told with it.
  @Test
  void aLogThatExplainsNothingIsLostUntilTheNextBoot() throws Exception {
    open().measure(BAD);
    Bytes trace = chip.held(13);
    for (byte[] other :
        List.of(
            AgentLog.empty(13).plus(GOOD).write(), AgentLog.empty(13).write(), new byte[] {'{'})) {
      place.kept = Optional.of(other);
      MeasuredLog log = open();
      assertTrue(log.isLost());
      assertEquals(15, log.log().pcr());
    }
    place.kept = Optional.empty();
    assertEquals(15, open().log().pcr());
    assertEquals(trace, chip.held(13));
  }

  // Attack: a log that is said to be in a PCR that can be reset.
  @Test
  void aLogInAPcrThatIsNotTheAgentsIsNoLog() throws Exception {
    place.kept = Optional.of(AgentLog.empty(23).write());
    MeasuredLog log = open();
    assertEquals(13, log.log().pcr());
    assertTrue(log.isLost());
  }

  @Test
  void theLogOfTheBootBeforeIsNotThisOnes() throws Exception {
    MeasuredLog before = open();
    before.measure(SOFTWARE);
    before.measure(GOOD);
    chip.reboot();
    MeasuredLog after = open();
    assertEquals(List.of(), after.log().events());
    assertFalse(after.isLost());
  }

  @Test
  void whatSomebodyElseExtendsIsNotExplainedAway() throws Exception {
    MeasuredLog log = open();
    log.measure(SOFTWARE);
    chip.extend(TpmHash.SHA256, 13, Digest.of(new byte[] {9}).value());
    chip.dies = Dies.ANSWER;
    MeasurementRefusal refusal = assertThrows(MeasurementRefusal.class, () -> log.measure(GOOD));
    assertEquals("LOG_LOST", refusal.code());
    chip.dies = Dies.NOT;
    assertTrue(open().isLost());
  }

  private MeasuredLog open() throws Exception {
    return MeasuredLog.open(chip, place, chip.bank, AgentLog.CANDIDATES);
  }

  /** Where a conversation with the chip ends. */
  private enum Dies {
    NOT,
    BEFORE,
    AFTER,
    QUESTION,
    ANSWER
  }

  /** PCRs as a chip has them. */
  private static final class Chip implements Registers {
    private final Map<Integer, Bytes> values = new TreeMap<>();
    private TpmHash bank = TpmHash.SHA256;
    private final Set<Integer> bound = new TreeSet<>();
    private int extensions;
    private Dies dies = Dies.NOT;

    Bytes held(int pcr) {
      return values.getOrDefault(pcr, Bytes.of(new byte[bank.size()]));
    }

    void reboot() {
      values.clear();
    }

    @Override
    public PcrValues read(PcrSelection selection) {
      List<Bytes> held = new ArrayList<>();
      for (PcrBank asked : selection.banks()) {
        assertEquals(bank, asked.hash());
        asked.pcrs().forEach(pcr -> held.add(held(pcr)));
      }
      return new PcrValues(selection, held);
    }

    @Override
    public void extend(TpmHash into, int pcr, Bytes measurement) throws IOException {
      assertEquals(bank, into);
      end(Dies.BEFORE, Dies.QUESTION);
      values.put(pcr, Bytes.of(bank.digest(held(pcr).toArray(), measurement.toArray())));
      extensions++;
      end(Dies.AFTER, Dies.ANSWER);
    }

    private void end(Dies ofProcess, Dies ofLine) throws IOException {
      if (dies == ofProcess) {
        throw new IllegalStateException("kill -9");
      }
      if (dies == ofLine) {
        throw new IOException("no answer");
      }
    }

    @Override
    public Set<Integer> bound() {
      return bound;
    }
  }

  /** The runtime directory. */
  private static final class Place implements LogPlace {
    private Optional<byte[]> kept = Optional.empty();
    private boolean full;

    @Override
    public Optional<byte[]> read() {
      return kept;
    }

    @Override
    public void write(byte[] log) throws IOException {
      if (full) {
        throw new IOException("no space left");
      }
      kept = Optional.of(log);
    }
  }
}
