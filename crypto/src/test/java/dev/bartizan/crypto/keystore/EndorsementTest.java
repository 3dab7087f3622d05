// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.ChipMaker;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.EndorsementCredential;
import dev.bartizan.crypto.tpm.EndorsementKeys;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.MakeCredential;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmPublic;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which of its keys a chip shows, with which certificates, and that each kind proves itself. */
class EndorsementTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Bytes NONCE = Bytes.ofHex("0011");
  private static final ChipMaker ROOT = ChipMaker.root("CN=Root");
  private static final ChipMaker ON_DIE = ROOT.below("CN=On-die authority", ChipMaker.authority());

  /** Certified by its maker for RSA-2048 and P-384, as the emulator's are. */
  private static Swtpm chip;

  private final MemoryBlobStore blobs = new MemoryBlobStore();

  @BeforeAll
  static void manufacture() throws Exception {
    chip = Swtpm.manufacture(EndorsementKind.RSA_2048);
    chip.keep(
        EndorsementKind.RSA_3072.certificateIndex(),
        padded(ON_DIE.certify(key(EndorsementKind.RSA_3072))));
    keepOverTwoIndices(ChipMaker.der(ON_DIE.certificate()));
  }

  @AfterAll
  static void scrap() {
    chip.close();
  }

  @Test
  void aKeyOfEachKindProvesThatItIsInTheChip() throws Exception {
    for (EndorsementKind kind :
        List.of(EndorsementKind.RSA_2048, EndorsementKind.ECC_P384, EndorsementKind.RSA_3072)) {
      MemoryBlobStore disk = new MemoryBlobStore();
      DeviceKeystore keystore = create(disk, choose(kind));
      EnrolmentClaims claims = keystore.enrolmentClaims(NONCE);
      TpmPublic shown = TpmPublic.parse(claims.endorsementKey());
      assertEquals(kind, EndorsementKind.find(shown).orElseThrow());
      EndorsementCredential credential =
          new EndorsementCredential(claims.endorsementCertificate().orElseThrow(), List.of());
      assertEquals(Optional.of(kind), credential.kind());
      assertEquals(shown, find(kind, credential), "the maker's certificate is about it");
      assertOpens(keystore, claims);
    }
  }

  @Test
  void withoutAChoiceTheFirstKeyThatHasACertificateNamesTheDevice() throws Exception {
    DeviceKeystore keystore = create(blobs, EndorsementChoice.OF_THE_CHIP);
    assertEquals(EndorsementKind.RSA_2048, kind(keystore));
  }

  @Test
  void theAuthoritiesThatAChipKeepsAreShownWithoutPaddingAndWhoeverCutThem() throws Exception {
    EnrolmentClaims claims = create(blobs, choose(EndorsementKind.RSA_3072)).enrolmentClaims(NONCE);
    assertEquals(List.of(ChipMaker.der(ON_DIE.certificate())), claims.endorsementChain());
    byte[] certificate = claims.endorsementCertificate().orElseThrow().toArray();
    int length = (certificate[2] & 0xff) << 8 | (certificate[3] & 0xff);
    assertEquals(4 + length, certificate.length, "without its padding");
  }

  @Test
  void aKeyWithoutACertificateCannotBeChosenAndNothingIsMade() throws Exception {
    assertRefused("NO_ENDORSEMENT_CERTIFICATE", choose(EndorsementKind.ECC_P256));
  }

  @Test
  void aCertificateFromAFileNamesTheDeviceOfAChipThatKeepsNone() throws Exception {
    EndorsementCredential given = given(EndorsementKind.ECC_P256);
    DeviceKeystore keystore =
        create(blobs, new EndorsementChoice(Optional.empty(), Optional.of(given)));
    assertEquals(EndorsementKind.ECC_P256, kind(keystore));
    assertOpens(keystore, keystore.enrolmentClaims(NONCE));
  }

  // Attack: another chip's certificate, which anybody can read.
  @Test
  void aCertificateThatIsNotAboutThisChipIsRefusedAndNothingIsMade() throws Exception {
    try (Swtpm other = Swtpm.manufacture(EndorsementKind.RSA_2048)) {
      EndorsementCredential theirs = given(other, EndorsementKind.ECC_P384);
      assertRefused(
          "NO_ENDORSEMENT_CERTIFICATE",
          new EndorsementChoice(Optional.empty(), Optional.of(theirs)));
    }
    assertRefused(
        "NO_ENDORSEMENT_CERTIFICATE",
        new EndorsementChoice(
            Optional.of(EndorsementKind.RSA_2048), Optional.of(given(EndorsementKind.ECC_P384))));
  }

  @Test
  void aDeviceThatNobodyKnowsYetIsNamedAnewWithItsKeys() throws Exception {
    DeviceKeystore first = create(blobs, EndorsementChoice.OF_THE_CHIP);
    new Tpm2Renaming(access(), blobs).name(choose(EndorsementKind.ECC_P384));
    DeviceKeystore renamed = Tpm2Keystore.open(access(), blobs);
    assertEquals(EndorsementKind.ECC_P384, kind(renamed));
    assertNotEquals(first.ueid(), renamed.ueid());
    assertEquals(first.publicKey(KeyPurpose.UNWRAP), renamed.publicKey(KeyPurpose.UNWRAP));
    assertOpens(renamed, renamed.enrolmentClaims(NONCE));
  }

  // Attack: a device that was revoked takes the name that its chip's other key gives it.
  @Test
  void aDeviceThatIsEnrolledKeepsItsName() throws Exception {
    DeviceKeystore keystore = create(blobs, EndorsementChoice.OF_THE_CHIP);
    Tpm2Renaming naming = new Tpm2Renaming(access(), blobs);
    naming.require(choose(EndorsementKind.RSA_2048));
    KeystoreRefusal refused =
        assertThrows(KeystoreRefusal.class, () -> naming.require(choose(EndorsementKind.ECC_P384)));
    assertEquals("OTHER_ENDORSEMENT_KEY", refused.code());
    assertEquals(keystore.ueid(), Tpm2Keystore.open(access(), blobs).ueid());
  }

  private void assertRefused(String code, EndorsementChoice choice) {
    KeystoreRefusal refused =
        assertThrows(KeystoreRefusal.class, () -> create(blobs, choice), choice.toString());
    assertEquals(code, refused.code(), refused.getMessage());
    assertEquals(Optional.empty(), blobs.find(Tpm2Keystore.BLOB));
  }

  private static void assertOpens(DeviceKeystore keystore, EnrolmentClaims claims)
      throws Exception {
    byte[] secret = new byte[32];
    RANDOM.nextBytes(secret);
    Bytes expected = Bytes.of(secret);
    Credential credential =
        new MakeCredential(RANDOM)
            .challenge(
                TpmPublic.parse(claims.endorsementKey()),
                TpmPublic.parse(claims.attestationKey()).name(),
                SecretBytes.take(secret));
    try (SecretBytes opened = keystore.activate(credential)) {
      assertEquals(expected, opened.reveal(Bytes::of));
    }
  }

  private static EndorsementChoice choose(EndorsementKind kind) {
    return new EndorsementChoice(Optional.of(kind), Optional.empty());
  }

  private static EndorsementKind kind(DeviceKeystore keystore) throws Exception {
    Bytes shown = keystore.enrolmentClaims(NONCE).endorsementKey();
    return EndorsementKind.find(TpmPublic.parse(shown)).orElseThrow();
  }

  private static DeviceKeystore create(BlobStore disk, EndorsementChoice choice) throws Exception {
    Tpm2Binding plain = Tpm2Binding.to(PcrSelection.parse("sha256:7"));
    return Tpm2Keystore.create(
        access(),
        disk,
        new Tpm2Binding(plain.pcrs(), plain.authority(), plain.attestation(), choice),
        PcrApprovals.NONE);
  }

  private static TpmAccess access() {
    return new TpmAccess(chip.address(), RANDOM, duration -> {});
  }

  private static TpmPublic key(EndorsementKind kind) throws Exception {
    try (Tpm tpm = chip.open()) {
      return new EndorsementKeys(tpm).standard(kind);
    }
  }

  private static TpmPublic find(EndorsementKind kind, EndorsementCredential credential)
      throws Exception {
    try (Tpm tpm = chip.open()) {
      return new EndorsementKeys(tpm).find(kind, credential).orElseThrow();
    }
  }

  private static EndorsementCredential given(EndorsementKind kind) throws Exception {
    return given(chip, kind);
  }

  private static EndorsementCredential given(Swtpm swtpm, EndorsementKind kind) throws Exception {
    try (Tpm tpm = swtpm.open()) {
      Bytes certificate = ROOT.certify(new EndorsementKeys(tpm).standard(kind));
      return EndorsementCredential.parse(Bytes.of(ChipMaker.pem(certificate)));
    }
  }

  private static void keepOverTwoIndices(Bytes certificate) throws Exception {
    byte[] der = certificate.toArray();
    int cut = der.length / 2;
    chip.keep(0x01c0_0100, Bytes.of(Arrays.copyOf(der, cut)));
    chip.keep(0x01c0_0101, padded(Bytes.of(Arrays.copyOfRange(der, cut, der.length))));
    chip.keep(0x01c0_0200, certificate); // Beyond the chain.
  }

  private static Bytes padded(Bytes content) {
    byte[] longer = Arrays.copyOf(content.toArray(), content.length() + 50);
    Arrays.fill(longer, content.length(), longer.length, (byte) 0xff);
    return Bytes.of(longer);
  }
}
