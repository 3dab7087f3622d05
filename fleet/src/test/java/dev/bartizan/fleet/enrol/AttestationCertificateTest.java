// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.ChipModel;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.device.KnownModel;
import dev.bartizan.protocol.enrolment.BeginReply;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.Grant;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.naming.ldap.LdapName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of attestation keys, as whoever knows the TCG's profile reads them. */
class AttestationCertificateTest {
  private static final int DIRECTORY_NAME = 4;
  private static final int OTHER_NAME = 0;
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static Swtpm chip;
  private static DeviceKeystore device;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private FleetOfOne fleet;

  @BeforeAll
  static void powerOn() throws Exception {
    chip = Swtpm.manufacture();
    device = FleetOfOne.device(chip);
  }

  @AfterAll
  static void powerOff() {
    chip.close();
  }

  @BeforeEach
  void found() throws Exception {
    fleet = new FleetOfOne(folder, chip, clock);
  }

  @Test
  void ofTheChipsAttestationKeyNamesTheChipAsItsMakerDoesAndNobodyAsSubject() throws Exception {
    Grant grant = fleet.enrol(device);

    X509Certificate certificate = certificate(grant);
    assertEquals(device.publicKey(KeyPurpose.ATTESTATION), certificate.getPublicKey());
    certificate.verify(fleet.authority().certificate().getPublicKey());
    assertEquals(3, certificate.getVersion());
    assertEquals("", certificate.getSubjectX500Principal().getName());
    assertEquals(-1, certificate.getBasicConstraints());
    assertEquals(List.of("2.23.133.8.3"), certificate.getExtendedKeyUsage());
    boolean[] usage = certificate.getKeyUsage();
    assertTrue(usage[0]);
    for (int other = 1; other < usage.length; other++) {
      assertTrue(!usage[other], "key usage " + other);
    }
    assertNotNull(certificate.getExtensionValue("2.5.29.14"), "subject key identifier");
    assertNotNull(certificate.getExtensionValue("2.5.29.35"), "authority key identifier");
    assertTrue(certificate.getCriticalExtensionOIDs().contains(ALTERNATIVE_NAMES));
    assertEquals(new ChipModel("id:00001014", "swtpm", "id:1"), named(certificate));
    assertEquals(
        KnownModel.SaidBy.CERTIFICATE,
        fleet.registry().get(device.ueid()).chip().orElseThrow().model().orElseThrow().saidBy());
  }

  @Test
  void livesAsLongAsTheIdentity() throws Exception {
    Grant grant = fleet.enrol(device);

    X509Certificate identity = Pem.certificates(grant.identityChain(), "grant").get(0);
    assertEquals(identity.getNotAfter(), certificate(grant).getNotAfter());
  }

  @Test
  void ofAChipWithoutACertificateRepeatsWhatTheDeviceSaysAndTheRegistryKeepsThat()
      throws Exception {
    new AllowedChips(fleet.directory())
        .allow(FleetOfOne.endorsementDigest(device), clock.instant());
    ChipModel said = device.enrolmentClaims(Bytes.empty()).model();
    assertEquals("id:49424D00", said.manufacturer());

    Grant grant = fleet.enrolAllowed(device);

    assertEquals(said, named(certificate(grant)));
    assertEquals(
        Optional.of(new KnownModel(said, KnownModel.SaidBy.DEVICE)),
        fleet.registry().get(device.ueid()).chip().orElseThrow().model());
    assertEquals(
        "device",
        fleet.registry().get(device.ueid()).toJson().get("tpm").get("said_by").textValue());
  }

  @Test
  void isNotIssuedWhenNobodySaysWhatChipItIs() throws Exception {
    new AllowedChips(fleet.directory())
        .allow(FleetOfOne.endorsementDigest(device), clock.instant());
    BeginRequest whole = FleetOfOne.withoutCertificate(device);
    TpmEnrolment desk = fleet.desk();
    BeginReply challenge =
        desk.begin(
            new BeginRequest(
                whole.token(),
                Optional.empty(),
                List.of(),
                whole.endorsementKey(),
                whole.attestationKey(),
                Optional.empty()));

    Grant grant = desk.finish(FleetOfOne.answer(device, challenge));

    assertEquals(Optional.empty(), grant.attestationChain());
    assertEquals(grant, Grant.read(grant.write()));
  }

  private static X509Certificate certificate(Grant grant) throws Exception {
    Grant travelled = Grant.read(grant.write());
    return Pem.certificates(travelled.attestationChain().orElseThrow(), "grant").get(0);
  }

  /** By the platform's own reading of the directory name. */
  private static ChipModel named(X509Certificate certificate) throws Exception {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    assertEquals(2, names.size());
    List<?> other =
        names.stream().filter(it -> it.get(0).equals(OTHER_NAME)).findFirst().orElseThrow();
    String permanent = new String((byte[]) other.get(1), UTF_8);
    assertTrue(permanent.contains(device.ueid().text()), permanent);
    List<?> directory =
        names.stream().filter(it -> it.get(0).equals(DIRECTORY_NAME)).findFirst().orElseThrow();
    LdapName name = new LdapName((String) directory.get(1));
    return new ChipModel(
        value(name, "2.23.133.2.1"), value(name, "2.23.133.2.2"), value(name, "2.23.133.2.3"));
  }

  /** The platform writes values of types it does not know as their DER, behind a number sign. */
  private static String value(LdapName name, String type) {
    byte[] der =
        (byte[])
            name.getRdns().stream()
                .filter(it -> it.getType().equals(type))
                .findFirst()
                .orElseThrow()
                .getValue();
    assertEquals(0x0c, der[0], "UTF8String");
    assertEquals(der.length - 2, der[1]);
    return new String(der, 2, der[1], UTF_8);
  }
}
