// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.agent.attest.AcmeAttester;
import dev.bartizan.agent.enrol.Enrolment;
import dev.bartizan.agent.enrol.EnrolmentService;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.enrol.TpmEnrolment;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.Label;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.updater.disk.LinuxDisk;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A statement for {@code device-attest-01}, taken apart field by field as step-ca does: by its own
 * reading of the TPM's structures, and not by ours.
 */
class AcmeStatementTest {
  private static final String KEY_AUTHORIZATION =
      "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
          + ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
  private static Swtpm chip;
  private static DeviceKeystore device;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private FleetOfOne fleet;
  private LinuxDisk disk;

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
    fleet = new FleetOfOne(folder.resolve("fleet"), chip, clock);
    disk = LinuxDisk.acquire(folder.resolve("device"));
  }

  @AfterEach
  void letGo() throws Exception {
    disk.close();
  }

  @Test
  void holdsWhatAnAcmeServerLooksAtFieldByField() throws Exception {
    Cbor.Map object = object(payload(enrolled()));
    assertEquals(Cbor.of("tpm"), member(object, "fmt"));
    assertEquals(2, object.members().size());
    Cbor.Map statement = (Cbor.Map) member(object, "attStmt");
    assertEquals(Cbor.of("2.0"), member(statement, "ver"));
    assertEquals(Cbor.of(-7), member(statement, "alg"));

    X509Certificate attestation = requireCertificates((Cbor.Array) member(statement, "x5c"));
    byte[] certInfo = octets(statement, "certInfo");
    byte[] publicArea = octets(statement, "pubArea");
    requireSignature(attestation, certInfo, octets(statement, "sig"));
    requireCertification(certInfo, publicArea);
    assertEquals(device.publicKey(KeyPurpose.IDENTITY), requireKey(publicArea));
  }

  @Test
  void isForOneKeyAuthorizationAndForNothingElse() throws Exception {
    AcmeAttester attester = enrolled();

    for (String bad :
        List.of("", "token", "token.short", KEY_AUTHORIZATION + "\n", "a b." + "x".repeat(43))) {
      Refusal refusal = assertThrows(Refusal.class, () -> attester.payload(bad));
      assertEquals("MALFORMED", refusal.code(), bad);
    }
  }

  @Test
  void isNotMadeWithACertificateThatIsOver() throws Exception {
    AcmeAttester attester = enrolled();
    clock.advance(Duration.ofDays(8));

    Refusal refusal = assertThrows(Refusal.class, () -> attester.payload(KEY_AUTHORIZATION));

    assertEquals("AK_CERTIFICATE_UNUSABLE", refusal.code());
  }

  @Test
  void isNotMadeWithoutACertificate() throws Exception {
    Grant grant = grant();
    AcmeAttester attester =
        attester(new Credentials(grant.identityChain(), grant.unwrapCertificate()));

    Refusal refusal = assertThrows(Refusal.class, () -> attester.payload(KEY_AUTHORIZATION));

    assertEquals("NO_AK_CERTIFICATE", refusal.code());
  }

  private X509Certificate requireCertificates(Cbor.Array x5c) throws Exception {
    assertEquals(2, x5c.items().size());
    X509Certificate attestation = certificate(x5c.items().get(0));
    X509Certificate issuer = certificate(x5c.items().get(1));
    assertEquals(fleet.authority().certificate(), issuer);
    attestation.verify(issuer.getPublicKey());
    attestation.checkValidity(Date.from(clock.instant()));
    assertEquals(3, attestation.getVersion());
    assertEquals("", attestation.getSubjectX500Principal().getName());
    assertEquals(-1, attestation.getBasicConstraints());
    assertTrue(attestation.getExtendedKeyUsage().contains("2.23.133.8.3"));
    String names = attestation.getSubjectAlternativeNames().toString();
    for (String part : List.of("2.23.133.2.1=", "2.23.133.2.2=", "2.23.133.2.3=")) {
      assertTrue(names.contains(part), names);
    }
    return attestation;
  }

  /** TPMT_SIGNATURE: ECDSA (0018) with SHA-256 (000b), then both numbers. */
  private static void requireSignature(X509Certificate by, byte[] signed, byte[] signature)
      throws Exception {
    ByteBuffer in = ByteBuffer.wrap(signature);
    assertEquals(0x0018, in.getShort());
    assertEquals(0x000b, in.getShort());
    BigInteger r = new BigInteger(1, sized(in));
    BigInteger s = new BigInteger(1, sized(in));
    assertEquals(0, in.remaining());
    Signature ecdsa = Signature.getInstance("SHA256withECDSA");
    ecdsa.initVerify(by.getPublicKey());
    ecdsa.update(signed);
    byte[] der =
        new DERSequence(new ASN1Integer[] {new ASN1Integer(r), new ASN1Integer(s)}).getEncoded();
    assertTrue(ecdsa.verify(der));
  }

  /** TPMS_ATTEST of TPM2_Certify: over the key authorization, about this public area's name. */
  private static void requireCertification(byte[] certInfo, byte[] publicArea) throws Exception {
    ByteBuffer in = ByteBuffer.wrap(certInfo);
    assertEquals(0xff544347, in.getInt());
    assertEquals((short) 0x8017, in.getShort());
    sized(in);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    assertArrayEquals(
        sha256.digest(KEY_AUTHORIZATION.getBytes(StandardCharsets.US_ASCII)), sized(in));
    in.position(in.position() + 8 + 4 + 4 + 1 + 8);
    byte[] name = sized(in);
    sized(in);
    assertEquals(0, in.remaining());
    assertArrayEquals(new byte[] {0x00, 0x0b}, Arrays.copyOf(name, 2));
    assertArrayEquals(sha256.digest(publicArea), Arrays.copyOfRange(name, 2, name.length));
  }

  /** TPMT_PUBLIC of an ECC key that was born in its chip, cannot leave it, and signs anything. */
  private static ECPublicKey requireKey(byte[] publicArea) throws Exception {
    ByteBuffer in = ByteBuffer.wrap(publicArea);
    assertEquals(0x0023, in.getShort());
    assertEquals(0x000b, in.getShort());
    int attributes = in.getInt();
    for (int bit : new int[] {1, 4, 5, 18}) {
      assertTrue((attributes & 1 << bit) != 0, "attribute " + bit + " of " + attributes);
    }
    assertEquals(0, attributes & 1 << 16, "restricted");
    sized(in);
    assertEquals(0x0010, in.getShort(), "no symmetric algorithm");
    if (in.getShort() != 0x0010) {
      in.getShort();
    }
    assertEquals(0x0003, in.getShort(), "P-256");
    assertEquals(0x0010, in.getShort(), "no key derivation");
    BigInteger x = new BigInteger(1, sized(in));
    BigInteger y = new BigInteger(1, sized(in));
    assertEquals(0, in.remaining());
    ECPublicKey ours = device.publicKey(KeyPurpose.IDENTITY);
    KeyFactory keys = KeyFactory.getInstance("EC");
    return (ECPublicKey)
        keys.generatePublic(new ECPublicKeySpec(new ECPoint(x, y), ours.getParams()));
  }

  private static byte[] sized(ByteBuffer in) {
    byte[] content = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(content);
    return content;
  }

  private static X509Certificate certificate(Cbor der) throws Exception {
    return Pem.certificate(((Cbor.Octets) der).value().toArray(), "x5c");
  }

  private static byte[] octets(Cbor.Map map, String name) {
    return ((Cbor.Octets) member(map, name)).value().toArray();
  }

  private static Cbor member(Cbor.Map map, String name) {
    return Optional.ofNullable(map.members().get(Label.of(name).key())).orElseThrow();
  }

  private static Cbor.Map object(byte[] payload) throws Exception {
    String text = new ObjectMapper().readTree(payload).get("attObj").textValue();
    Bytes cbor = Bytes.of(Base64.getUrlDecoder().decode(text));
    return (Cbor.Map) Cbor.read(cbor, 8192, "attestation object");
  }

  private static byte[] payload(AcmeAttester attester) throws Exception {
    return attester.payload(KEY_AUTHORIZATION);
  }

  private AcmeAttester enrolled() throws Exception {
    return attester(Credentials.of(grant()));
  }

  /** As the device enrols, its own check of the grant included. */
  private Grant grant() throws Exception {
    TpmEnrolment desk = fleet.desk();
    EnrolmentService server =
        (path, message) ->
            path.equals(BeginRequest.PATH)
                ? desk.begin(BeginRequest.read(message)).write()
                : desk.finish(FinishRequest.read(message)).write();
    GrantCheck check = new GrantCheck(List.of(fleet.authority().certificate()), clock);
    return new Enrolment(device, server, check).enrol(Optional.empty());
  }

  /** With what was stored and read again. */
  private AcmeAttester attester(Credentials credentials) throws Exception {
    credentials.store(disk);
    return new AcmeAttester(device, CredentialStore.open(disk, device), clock);
  }
}
