// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.enrolment.BeginReply;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Devices that were away for longer than their certificate lived, and who would pass for one. */
class ReturningDeviceTest {
  private static final Duration AWAY = Duration.ofDays(30);

  private static Swtpm chip;
  private static DeviceKeystore device;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private FleetOfOne fleet;
  private TpmEnrolment desk;

  @BeforeAll
  static void powerOn() throws Exception {
    chip = Swtpm.manufacture();
    device = FleetOfOne.device(chip);
  }

  @AfterAll
  static void powerOff() throws Exception {
    chip.close();
  }

  @BeforeEach
  void found() throws Exception {
    fleet = new FleetOfOne(folder, chip, clock);
    desk = fleet.deskWithTokens();
  }

  @Test
  void aKnownDeviceComesBackByItselfWithoutAToken() throws Exception {
    FleetOfOne.enrol(device, desk, token());
    clock.advance(AWAY);

    Grant grant = FleetOfOne.enrol(device, desk, Optional.empty());

    X509Certificate identity = Pem.certificates(grant.identityChain(), "grant").get(0);
    assertTrue(clock.instant().isBefore(identity.getNotAfter().toInstant()));
    assertEquals(identity, fleet.registry().get(device.ueid()).identity());
  }

  @Test
  void whoWasNeverHereNeedsAToken() throws Exception {
    refused("BAD_TOKEN", () -> FleetOfOne.enrol(device, desk, Optional.empty()));
    assertTrue(fleet.registry().all().isEmpty());
  }

  // Attack: whoever can use the chip makes keys of his own in it.
  @Test
  void aKnownChipWithAnotherAttestationKeyNeedsAToken() throws Exception {
    FleetOfOne.enrol(device, desk, token());
    Device before = fleet.registry().get(device.ueid());
    DeviceKeystore others = FleetOfOne.device(chip);

    refused("BAD_TOKEN", () -> FleetOfOne.enrol(others, desk, Optional.empty()));

    assertEquals(before, fleet.registry().get(device.ueid()));
  }

  // Attack: a good introduction, and nothing behind it.
  @Test
  void aKnownNameAloneBringsNobodyBack() throws Exception {
    FleetOfOne.enrol(device, desk, token());
    try (Swtpm otherChip = Swtpm.manufacture()) {
      DeviceKeystore other = FleetOfOne.device(otherChip);
      BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
      FinishRequest honest = FleetOfOne.answer(device, challenge);
      BeginReply again = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
      FinishRequest stolen =
          new FinishRequest(
              again.session(),
              honest.secret(),
              other.enrolmentClaims(again.nonce()).identity(),
              other.enrolmentClaims(again.nonce()).unwrap());

      refused("WRONG_SECRET", () -> desk.finish(stolen));
    }
  }

  @Test
  void neitherQuarantineNorRevocationEndsByComingBack() throws Exception {
    FleetOfOne.enrol(device, desk, token());
    clock.advance(AWAY);
    fleet.registry().change(device.ueid(), Device.State.QUARANTINED);
    refused("NOT_WELCOME", () -> FleetOfOne.enrol(device, desk, Optional.empty()));

    fleet.registry().change(device.ueid(), Device.State.REVOKED);
    refused("NOT_WELCOME", () -> FleetOfOne.enrol(device, desk, Optional.empty()));
  }

  @Test
  void aDeviceThatIsQuarantinedWhileItComesBackStaysOut() throws Exception {
    FleetOfOne.enrol(device, desk, token());
    BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));

    fleet.registry().change(device.ueid(), Device.State.QUARANTINED);

    refused("NOT_WELCOME", () -> desk.finish(FleetOfOne.answer(device, challenge)));
  }

  @Test
  void aSessionThatWasFinishedIsOver() throws Exception {
    FleetOfOne.enrol(device, desk, token());
    BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
    FinishRequest answer = FleetOfOne.answer(device, challenge);
    desk.finish(answer);

    refused("NO_SESSION", () -> desk.finish(answer));
  }

  @Test
  void aGoldenDeviceComesBackAsOne() throws Exception {
    String golden = fleet.tokens().createGolden(FleetOfOne.RANDOM, EnrolmentTokens.LIFETIME);
    FleetOfOne.enrol(device, desk, Optional.of(golden));
    FleetOfOne.enrol(device, desk, Optional.empty());
    assertTrue(fleet.registry().get(device.ueid()).golden());
    assertFalse(fleet.registry().get(device.ueid()).getsKeys());
    refused("GOLDEN", () -> fleet.registry().requireGetsKeys(device.ueid()));

    fleet.registry().change(device.ueid(), Device.State.ENROLLED);

    assertTrue(fleet.registry().get(device.ueid()).getsKeys());
  }

  // Attack: one token, two who come at the same moment.
  @Test
  void ofTwoWhoFinishWithOneTokenAtTheSameMomentOneGetsIn() throws Exception {
    Optional<String> token = token();
    List<FinishRequest> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      answers.add(FleetOfOne.answer(device, desk.begin(FleetOfOne.introduction(device, token))));
    }
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService both = Executors.newFixedThreadPool(2);
    try {
      List<Future<Grant>> ends = new ArrayList<>();
      for (FinishRequest answer : answers) {
        ends.add(
            both.submit(
                () -> {
                  start.await();
                  return desk.finish(answer);
                }));
      }
      List<String> codes = new ArrayList<>();
      for (Future<Grant> end : ends) {
        codes.add(outcome(end));
      }
      codes.sort(null);
      assertEquals(List.of("BAD_TOKEN", "in"), codes);
    } finally {
      both.shutdownNow();
    }
  }

  private static String outcome(Future<Grant> end) throws Exception {
    try {
      end.get();
      return "in";
    } catch (ExecutionException refused) {
      return refused.getCause() instanceof Refusal refusal ? refusal.code() : refused.toString();
    }
  }

  private Optional<String> token() throws Exception {
    return Optional.of(fleet.tokens().create(FleetOfOne.RANDOM, EnrolmentTokens.LIFETIME));
  }

  private static void refused(String code, Executable attempt) {
    assertEquals(code, assertThrows(Refusal.class, attempt).code());
  }
}
