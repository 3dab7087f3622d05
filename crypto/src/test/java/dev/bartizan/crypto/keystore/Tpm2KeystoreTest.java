// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static dev.bartizan.crypto.keystore.ChipKeys.access;
import static dev.bartizan.crypto.keystore.ChipKeys.assertAgrees;
import static dev.bartizan.crypto.keystore.ChipKeys.checkquote;
import static dev.bartizan.crypto.keystore.ChipKeys.ephemeral;
import static dev.bartizan.crypto.keystore.ChipKeys.pem;
import static dev.bartizan.crypto.keystore.ChipKeys.randomBytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.CertifyAttest;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.MakeCredential;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmSignature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Tpm2KeystoreTest extends DeviceKeystoreContract {
  private static final PcrSelection BINDING = PcrSelection.parse("sha256:7");
  private static final Bytes NONCE = Bytes.of(new byte[32]);
  private static final SecureRandom RANDOM = new SecureRandom();

  private static Swtpm chip;
  private static Swtpm otherChip;

  private MemoryBlobStore blobs = new MemoryBlobStore();

  @BeforeAll
  static void manufacture() throws IOException {
    chip = Swtpm.manufacture();
    otherChip = Swtpm.manufacture(EndorsementKind.RSA_2048);
  }

  @AfterAll
  static void scrap() {
    chip.close();
    otherChip.close();
  }

  @BeforeEach
  void forgetMeasurements() throws IOException {
    chip.restart();
  }

  @Override
  DeviceKeystore created() throws Exception {
    return createdIn(chip);
  }

  @Override
  DeviceKeystore createdElsewhere() throws Exception {
    return createdIn(otherChip);
  }

  @Override
  DeviceKeystore reopened() throws Exception {
    return Tpm2Keystore.open(access(chip.address()), blobs);
  }

  @Test
  void aPowerCutTakesNothingButTheMeasurements() throws Exception {
    DeviceKeystore keystore = created();
    keystore.measure(7, Digest.of(NONCE.toArray()));
    chip.restart();
    assertEquals(keystore.ueid(), reopened().ueid());
    assertAgrees(reopened());
  }

  // Attack: another operating system on the device asks for the content key.
  @Test
  void inAnotherBootStateTheUnwrapKeyRefusesAndSaysWhy() throws Exception {
    DeviceKeystore keystore = created();
    Map<String, Bytes> disk = blobs.image();
    keystore.measure(7, Digest.of(NONCE.toArray()));
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> keystore.agree(ephemeral()));
    assertEquals("PCR_MISMATCH", refusal.code());
    Bytes found = keystore.readPcrs(BINDING).values().get(0);
    assertEquals(
        "not the boot state of enrolment: sha256:7 expected %s, found %s"
            .formatted("00".repeat(32), found.hex()),
        refusal.getMessage());
    assertEquals(disk, blobs.image());
  }

  // Attack: the disk of one device in another.
  @Test
  void anotherChipIsRefusedAndTheKeysOnDiskStay() throws Exception {
    created();
    Map<String, Bytes> disk = blobs.image();
    assertRefused("TPM_REPLACED", access(otherChip.address()));
    assertEquals(disk, blobs.image());
  }

  @Test
  void aClearedChipIsRefusedEvenWhileTheDaemonRuns() throws Exception {
    DeviceKeystore running = createdIn(otherChip);
    otherChip.clear();
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> running.signDigest(Digest.of(NONCE.toArray())));
    assertEquals("TPM_REPLACED", refusal.code());
  }

  // Attack: a private or public area on disk is exchanged for one of the attacker's.
  @Test
  void everyChangedLineOfTheStoredKeysIsRefused() throws Exception {
    created();
    String text = text();
    assertStoredIsRefused(text.replaceFirst("storage-root 0023", "storage-root 0024"));
    assertStoredIsRefused(text.substring(0, text.length() / 2));
    assertStoredIsRefused("");
    assertStoredIsRefused(text + "more 00\n");
  }

  @Test
  void aChangedKeyWithAMatchingCheckIsRefusedByTheChip() throws Exception {
    created();
    String text = text();
    int at = text.indexOf("identity-private ") + "identity-private ".length() + 100;
    char flipped = text.charAt(at) == '0' ? '1' : '0';
    String changed = text.substring(0, at) + flipped + text.substring(at + 1);
    blobs.put(Tpm2Keystore.BLOB, Bytes.of(withCheck(changed)));
    DeviceKeystore keystore = reopened();
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> keystore.signDigest(Digest.of(NONCE.toArray())));
    assertEquals("BLOB_CHANGED", refusal.code());
  }

  @Test
  void keysAreNeverMadeOverOldOnesAndNeverOpenedBeforeTheyAreMade() throws Exception {
    assertRefused("NO_KEYS", access(chip.address()));
    Tpm2Keystore.create(access(chip.address()), blobs, BINDING);
    Map<String, Bytes> disk = blobs.image();
    KeystoreRefusal refusal =
        assertThrows(
            KeystoreRefusal.class,
            () -> Tpm2Keystore.create(access(chip.address()), blobs, BINDING));
    assertEquals("KEYS_EXIST", refusal.code());
    assertEquals(disk, blobs.image());
  }

  @Test
  void aWholeEnrolmentIsAcceptedForBothKindsOfEndorsementKey() throws Exception {
    for (EndorsementKind kind : List.of(EndorsementKind.ECC_P256, EndorsementKind.RSA_2048)) {
      DeviceKeystore keystore = createdIn(kind == EndorsementKind.ECC_P256 ? chip : otherChip);
      EnrolmentClaims claims = keystore.enrolmentClaims(NONCE);
      TpmPublic endorsement = TpmPublic.parse(claims.endorsementKey());
      assertEquals(kind, EndorsementKind.find(endorsement).orElseThrow());
      assertEquals(keystore.ueid(), Ueid.of(endorsement.name()));
      assertCertifiedByTheMaker(claims);
      TpmPublic attestation = TpmPublic.parse(claims.attestationKey());
      accept(claims.identity(), attestation).requireSigningKey();
      accept(claims.unwrap(), attestation).requirePolicyBoundAgreementKey();
      assertOnlyThisChipOpens(keystore, endorsement, attestation);
    }
  }

  @Test
  void quotesAreAcceptedByTpm2Checkquote(@TempDir Path directory) throws Exception {
    DeviceKeystore keystore = created();
    PcrSelection selection = PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,23");
    Bytes nonce = Bytes.of(randomBytes());
    keystore.measure(23, Digest.of(nonce.toArray()));
    Quote quote = keystore.quote(selection, nonce);
    TpmPublic key = TpmPublic.parse(quote.attestationKey());
    QuoteAttest accepted =
        QuoteAttest.accept(quote.attest(), TpmSignature.parse(quote.signature()), key);
    assertEquals(quote.values().digest(TpmHash.SHA256), accepted.pcrDigest());
    Files.write(directory.resolve("quote.msg"), quote.attest().toArray());
    Files.write(directory.resolve("quote.sig"), quote.signature().toArray());
    Files.writeString(directory.resolve("ak.pem"), pem(key));
    assertEquals(0, checkquote(directory, nonce));
    assertEquals(1, checkquote(directory, Bytes.of(randomBytes())));
  }

  @Test
  void aDaemonAndACommandShareOneChip() throws Exception {
    DeviceKeystore daemon = created();
    DeviceKeystore command = reopened();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (DeviceKeystore keystore : List.of(daemon, command, daemon, command)) {
      Thread thread = new Thread(() -> signOften(keystore));
      thread.setUncaughtExceptionHandler((where, failure) -> failures.add(failure));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void everyReportSaysWhatHoldsTheKeys() throws Exception {
    Protection protection = created().protection();
    assertEquals(Protection.Kind.TPM2, protection.kind());
    assertEquals("IBM", protection.manufacturer());
  }

  private DeviceKeystore createdIn(Swtpm swtpm) throws Exception {
    blobs = new MemoryBlobStore();
    return Tpm2Keystore.create(access(swtpm.address()), blobs, BINDING);
  }

  private void assertRefused(String code, TpmAccess access) {
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> Tpm2Keystore.open(access, blobs));
    assertEquals(code, refusal.code());
  }

  private void assertStoredIsRefused(String text) {
    blobs.put(Tpm2Keystore.BLOB, Bytes.of(text.getBytes(StandardCharsets.US_ASCII)));
    assertRefused("BLOB_CHANGED", access(chip.address()));
  }

  private String text() {
    byte[] stored = blobs.find(Tpm2Keystore.BLOB).orElseThrow().toArray();
    return new String(stored, StandardCharsets.US_ASCII);
  }

  private static byte[] withCheck(String text) {
    String body = text.substring(0, text.lastIndexOf("check "));
    String check = Digest.of(body.getBytes(StandardCharsets.US_ASCII)).hex();
    return (body + "check " + check + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static TpmPublic accept(CertifiedKey key, TpmPublic attestation) throws Exception {
    TpmPublic subject = TpmPublic.parse(key.publicArea());
    CertifyAttest certified =
        CertifyAttest.accept(
            key.attest(), TpmSignature.parse(key.signature()), attestation, subject);
    assertEquals(NONCE, certified.header().extraData());
    return subject;
  }

  private void assertCertifiedByTheMaker(EnrolmentClaims claims) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    byte[] der = claims.endorsementCertificate().orElseThrow().toArray();
    X509Certificate certificate =
        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    byte[] issuer = Files.readAllBytes(chip.issuerCertificate());
    certificate.verify(
        factory.generateCertificate(new ByteArrayInputStream(issuer)).getPublicKey());
    assertEquals(
        TpmPublic.parse(claims.endorsementKey()).toPublicKey(), certificate.getPublicKey());
  }

  private static void assertOnlyThisChipOpens(
      DeviceKeystore keystore, TpmPublic endorsement, TpmPublic attestation) throws Exception {
    byte[] secret = randomBytes();
    Bytes expected = Bytes.of(secret);
    MakeCredential maker = new MakeCredential(RANDOM);
    SecretBytes challenge = SecretBytes.take(secret);
    try (SecretBytes opened =
        keystore.activate(maker.challenge(endorsement, attestation.name(), challenge))) {
      assertEquals(expected, opened.reveal(Bytes::of));
    }
    Credential forAnother = maker.challenge(endorsement, endorsement.name(), challenge);
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> keystore.activate(forAnother));
    assertEquals("CREDENTIAL_REJECTED", refusal.code());
  }

  private static void signOften(DeviceKeystore keystore) {
    try {
      for (int i = 0; i < 20; i++) {
        keystore.signDigest(Digest.of(new byte[] {(byte) i}));
      }
    } catch (IOException | KeystoreRefusal failed) {
      throw new AssertionError(failed);
    }
  }
}
