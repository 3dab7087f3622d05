// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.fleet.identity.Device;
import dev.bartizan.protocol.release.ReleaseName;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyDistributionTest {
  @TempDir private Path folder;
  private Operator operator;
  private Operator.Enrolled first;
  private Digest older = Digest.of(new byte[0]);
  private Digest newer = Digest.of(new byte[0]);

  @BeforeEach
  void releaseTwiceWithOneDeviceThere() throws Exception {
    operator = Operator.founded(folder.resolve("fleet"));
    first = operator.enrol(1);
    older = release("1.0.0");
    newer = release("1.1.0");
  }

  private Digest release(String version) throws Exception {
    Path model = operator.file("model", new byte[] {1, 2, 3});
    return operator.author().release(operator.draft(version, model)).digest();
  }

  @Test
  void aDeviceThatEnrolsLaterGetsTheKeysOfAllReleases() throws Exception {
    Operator.Enrolled second = operator.enrol(2);
    assertFalse(Files.exists(operator.envelope(older, second.ueid())));
    assertEquals(2, operator.shipping().shipTo(second.ueid()));
    for (String version : new String[] {"1.0.0", "1.1.0"}) {
      assertEquals(key(first, version), key(second, version));
    }
  }

  @Test
  void aDeviceWithNewKeysGetsNewEnvelopes() throws Exception {
    Operator.Enrolled again = operator.enrol(1);
    assertThrows(Exception.class, () -> key(again, "1.0.0"));
    operator.shipping().shipTo(again.ueid());
    key(again, "1.0.0");
  }

  @Test
  void aRevokedDeviceLosesItsEnvelopesAndGetsNoNewOnes() throws Exception {
    operator.inventory().change(first.ueid(), Device.State.REVOKED);
    assertEquals(0, operator.shipping().shipTo(first.ueid()));
    assertFalse(Files.exists(operator.envelope(older, first.ueid())));
    assertFalse(Files.exists(operator.envelope(newer, first.ueid())));
    assertFalse(Files.exists(operator.envelope(release("1.2.0"), first.ueid())));
  }

  @Test
  void aQuarantinedDeviceGetsThemBackWhenItIsReleased() throws Exception {
    operator.inventory().change(first.ueid(), Device.State.QUARANTINED);
    operator.shipping().shipTo(first.ueid());
    assertFalse(Files.exists(operator.envelope(newer, first.ueid())));
    operator.inventory().change(first.ueid(), Device.State.ENROLLED);
    assertEquals(2, operator.shipping().shipTo(first.ueid()));
    assertTrue(Files.exists(operator.envelope(newer, first.ueid())));
  }

  @Test
  void aReleaseIsShippedAnewToAllWhoAreEnrolled() throws Exception {
    Operator.Enrolled second = operator.enrol(2);
    assertEquals(2, operator.shipping().shipAll(new ReleaseName("defect", "1.1.0")));
    assertEquals(key(first, "1.1.0"), key(second, "1.1.0"));
    ReleaseRefusal refusal =
        assertThrows(
            ReleaseRefusal.class,
            () -> operator.shipping().shipAll(new ReleaseName("defect", "9.0.0")));
    assertEquals("UNKNOWN_VERSION", refusal.code());
  }

  private Bytes key(Operator.Enrolled device, String version) throws Exception {
    return new OnDevice(operator, device).keyBytes(version);
  }
}
