// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.updater.disk.FakeDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Measurements of a device whose keystore has no PCRs: the log alone, which the claims cover. */
class MeasurementsTest {
  private static final Digest ONE = Digest.of(new byte[] {1});
  private static final Digest OTHER = Digest.of(new byte[] {2});

  @SuppressWarnings("NullAway.Init")
  private Measurements measurements;

  @BeforeEach
  void aDeviceWithKeysInSoftware() throws Exception {
    byte[] password = "for a test".getBytes(StandardCharsets.US_ASCII);
    DeviceKeystore keystore =
        SoftwareKeystore.create(
            new KeystoreBlobs(new FakeDisk()),
            () -> SecretBytes.take(password.clone()),
            new SecureRandom());
    measurements =
        new Measurements(
            keystore,
            new EvidenceWriter(keystore, PcrSelection.parse("sha256:0,7")),
            new NoPlace(),
            List.of(14, 15));
  }

  /** Nothing of what has no PCR is kept over a restart: nobody could tell whether it is true. */
  private static final class NoPlace implements LogPlace {
    @Override
    public Optional<byte[]> read() throws IOException {
      throw new IOException("is not asked");
    }

    @Override
    public void write(byte[] log) throws IOException {
      throw new IOException("is not asked");
    }
  }

  @Test
  void whatIsMeasuredIsInTheLogOnceAndInItsOrder() throws Exception {
    assertEquals(Optional.empty(), measurements.begin());
    AgentEvent program = new AgentEvent(AgentEvent.Kind.SOFTWARE, ONE, "agent");
    AgentEvent model = AgentEvent.model("defect", "1.0.0", OTHER);
    measurements.measure(program);
    measurements.measure(model);
    measurements.measure(program);
    assertEquals(List.of(program, model), measurements.log().events());
  }

  // Attack: have one model measured, and load another.
  @Test
  void nothingIsUsedOnTheMeasurementOfSomethingElse() throws Exception {
    Measurements.Measured measured = measurements.measure(AgentEvent.model("defect", "1.0.0", ONE));
    measured.require(AgentEvent.Kind.MODEL, ONE);
    assertThrows(IllegalStateException.class, () -> measured.require(AgentEvent.Kind.MODEL, OTHER));
    assertThrows(
        IllegalStateException.class, () -> measured.require(AgentEvent.Kind.SOFTWARE, ONE));
  }
}
