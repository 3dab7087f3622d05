// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.MakeCredential;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.RecordingAddress;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmAddress;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys over the life of a device: updates of what it boots, ends of epochs, old disks. */
class Tpm2LifeTest {
  private static final PcrSelection FIXED = PcrSelection.parse("sha256:7");
  private static final PcrSelection SIGNED = PcrSelection.parse("sha256:11");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Bytes STATE = Bytes.of(new byte[] {1, 2, 3});

  private final MemoryBlobStore blobs = new MemoryBlobStore();
  private final List<PcrApproval> approved = new ArrayList<>();
  private Swtpm chip;

  @BeforeEach
  void manufacture() throws Exception {
    chip = Swtpm.manufacture();
  }

  @AfterEach
  void scrap() {
    chip.close();
  }

  @Test
  void keysOpenInEveryBootStateTheirAuthoritySignsAndInNoOther() throws Exception {
    for (KeyPair authority : List.of(p256(), rsa())) {
      chip.close();
      chip = Swtpm.manufacture();
      approved.clear();
      MemoryBlobStore disk = new MemoryBlobStore();
      boot("kernel 1");
      approveNow(authority);
      Tpm2Keystore.create(access(chip.address()), disk, binding(authority), approvals());
      chip.restart();
      boot("kernel 2");
      DeviceKeystore updated = Tpm2Keystore.open(access(chip.address()), disk, approvals());
      assertRefused("PCR_MISMATCH", updated);
      approveNow(authority);
      assertAgrees(updated);
      updated.measure(11, Digest.of(STATE.toArray()));
      assertRefused("PCR_MISMATCH", updated);
    }
  }

  // Attack: a boot state signed by somebody, under the fingerprint of the authority.
  @Test
  void aBootStateThatSomebodyElseSignedOpensNothing() throws Exception {
    KeyPair authority = p256();
    approveNow(authority);
    DeviceKeystore keystore =
        Tpm2Keystore.create(access(chip.address()), blobs, binding(authority), approvals());
    keystore.measure(11, Digest.of(STATE.toArray()));
    approved.add(approval(authority, p256()));
    assertRefused("PCR_MISMATCH", keystore);
  }

  @Test
  void anApprovedStateDoesNotReplaceThePcrsThatMustStay() throws Exception {
    KeyPair authority = p256();
    approveNow(authority);
    DeviceKeystore keystore =
        Tpm2Keystore.create(access(chip.address()), blobs, binding(authority), approvals());
    keystore.measure(7, Digest.of(STATE.toArray()));
    assertRefused("PCR_MISMATCH", keystore);
  }

  @Test
  void approvalsAreReadAndWrittenAsSystemdHasThem() throws Exception {
    KeyPair authority = rsa();
    approveNow(authority);
    byte[] json = PcrApproval.write(approved);
    assertEquals(approved, PcrApproval.parse(json, "test"));
    String text =
        "{\"sha256\":[{\"pcrs\":[11],\"pkfp\":\"%s\",\"pol\":\"%s\",\"sig\":\"%s\"}]}"
            .formatted(
                approved.get(0).keyFingerprint().hex(),
                approved.get(0).policy().value().hex(),
                Base64.getEncoder().encodeToString(approved.get(0).signature().toArray()));
    assertEquals(
        approved,
        PcrApproval.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), "test"));
    for (String bad :
        List.of("[]", "{\"md5\":[{}]}", "{\"sha256\":[{}]}", text.replace("[11]", "[24]"))) {
      assertThrows(
          dev.bartizan.crypto.Refusal.class,
          () ->
              requireSome(
                  PcrApproval.parse(
                      bad.getBytes(java.nio.charset.StandardCharsets.UTF_8), "test")));
    }
  }

  // Attack: the disk from before the epoch ended, in the same chip.
  @Test
  void afterTheEndOfTheirEpochOldKeysStayClosedForGood() throws Exception {
    Tpm2Keystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    keystore.endEarlierEpochs();
    assertAgrees(keystore);
    DeviceKeystore renewed = renewal().prepare();
    assertAgrees(renewed);
    assertAgrees(keystore);
    renewed.endEarlierEpochs();
    renewed.endEarlierEpochs();
    assertRefused("EPOCH_OVER", keystore);
    assertAgrees(renewed);
    chip.restart();
    assertRefused("EPOCH_OVER", Tpm2Keystore.open(access(chip.address()), blobs));
    MemoryBlobStore old = new MemoryBlobStore();
    old.put(Tpm2Keystore.BLOB, blobs.find(Tpm2Keystore.BLOB).orElseThrow());
    Tpm2Renewal tooLate = new Tpm2Renewal(access(chip.address()), old, PcrApprovals.NONE);
    assertEquals("EPOCH_OVER", assertThrows(KeystoreRefusal.class, tooLate::prepare).code());
    MemoryBlobStore anew = new MemoryBlobStore();
    assertAgrees(Tpm2Keystore.create(access(chip.address()), anew, FIXED));
    assertRefused("EPOCH_OVER", Tpm2Keystore.open(access(chip.address()), blobs));
  }

  @Test
  void whichUnwrapKeyIsInUseTheCertificateDecidesThroughAnyPowerCut() throws Exception {
    DeviceKeystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    anchor(keystore).write(STATE);
    ECPublicKey before = keystore.publicKey(KeyPurpose.UNWRAP);
    ECPublicKey after = renewal().prepare().publicKey(KeyPurpose.UNWRAP);
    chip.restart();
    assertEquals(after, renewal().prepare().publicKey(KeyPurpose.UNWRAP), "prepared once");
    renewal().complete(before);
    assertEquals(before, reopened().publicKey(KeyPurpose.UNWRAP));
    renewal().complete(after);
    renewal().complete(after);
    assertEquals(after, reopened().publicKey(KeyPurpose.UNWRAP));
    assertAgrees(reopened());
    assertEquals(Optional.of(STATE), anchor(reopened()).read());
    assertNotEquals(after, renewal().prepare().publicKey(KeyPurpose.UNWRAP), "prepared anew");
    renewal().complete(after);
    assertEquals(after, reopened().publicKey(KeyPurpose.UNWRAP));
  }

  // Attack: the owner's password is empty, so whoever boots anything can take indices away.
  @Test
  void aCounterThatWasTakenAwayOrMadeAnewOpensNothing() throws Exception {
    DeviceKeystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    undefine(epoch());
    assertRefused("ANCHOR_MISSING", keystore);
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      NvIndex again = NvIndex.counter(UnwrapPolicy.EPOCH_INDEX);
      tpm.nv().define(again, session);
      tpm.nv().increment(again, session);
    }
    assertThrows(Exception.class, () -> keystore.agree((ECPublicKey) p256().getPublic()).close());
  }

  // Attack: denial of service by anybody who reaches the TPM: a raised counter ends keys for good.
  @Test
  void theEpochIsNotRaisedByAPasswordNorInAnotherBootState() throws Exception {
    Tpm2Keystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    NvIndex epoch = epoch();
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      assertThrows(IOException.class, () -> tpm.nv().increment(epoch, session));
    }
    assertAgrees(keystore);
    Tpm2Keystore renewed = renewal().prepare();
    keystore.measure(7, Digest.of(STATE.toArray()));
    assertEquals(
        "PCR_MISMATCH", assertThrows(KeystoreRefusal.class, renewed::endEarlierEpochs).code());
    chip.restart();
    assertAgrees(keystore);
  }

  @Test
  void keysMadeAnewInAnotherBootStateCountTheirEpochsAnew() throws Exception {
    Tpm2Keystore earlier = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    earlier.measure(7, Digest.of(STATE.toArray()));
    Tpm2Keystore later = Tpm2Keystore.create(access(chip.address()), new MemoryBlobStore(), FIXED);
    assertAgrees(later);
    later.endEarlierEpochs();
    assertAgrees(later);
  }

  private NvIndex epoch() throws Exception {
    try (Tpm tpm = chip.open()) {
      return tpm.nv().find(UnwrapPolicy.EPOCH_INDEX).orElseThrow();
    }
  }

  @Test
  void whatWasAnchoredIsThereAfterAPowerCut() throws Exception {
    StateAnchor anchor = anchor(Tpm2Keystore.create(access(chip.address()), blobs, FIXED));
    assertEquals(Optional.empty(), anchor.read());
    anchor.write(STATE);
    chip.restart();
    assertEquals(
        Optional.of(STATE), anchor(Tpm2Keystore.open(access(chip.address()), blobs)).read());
  }

  // Attack: another system is booted to anchor the state of an old disk.
  @Test
  void anotherBootStateCannotWriteTheAnchor() throws Exception {
    DeviceKeystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    anchor(keystore).write(STATE);
    keystore.measure(7, Digest.of(STATE.toArray()));
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> anchor(keystore).write(Bytes.empty()));
    assertEquals("PCR_MISMATCH", refusal.code());
    assertEquals(Optional.of(STATE), anchor(keystore).read());
  }

  // Attack: the index is made anew under the same name, so that nothing seems to be anchored yet.
  @Test
  void anAnchorThatWasMadeAnewIsRefused() throws Exception {
    DeviceKeystore keystore = Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    anchor(keystore).write(STATE);
    NvIndex present;
    try (Tpm tpm = chip.open()) {
      present = tpm.nv().find(0x0180_ba11).orElseThrow();
    }
    undefine(present);
    assertAnchorMissing(keystore);
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      tpm.nv()
          .define(
              NvIndex.guarded(present.index(), present.size(), new PolicyDigest(present.policy())),
              session);
    }
    assertAnchorMissing(keystore);
  }

  @Test
  void keysOfAnUnknownFormatAreRefusedByNumber() throws Exception {
    Tpm2Keystore.create(access(chip.address()), blobs, FIXED);
    String text =
        new String(
            blobs.find(Tpm2Keystore.BLOB).orElseThrow().toArray(),
            java.nio.charset.StandardCharsets.US_ASCII);
    String body =
        text.substring(0, text.lastIndexOf("check "))
            .replace("bartizan-tpm2-keystore 2", "bartizan-tpm2-keystore 9");
    byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    String other = body + "check " + Digest.of(bytes).hex() + "\n";
    blobs.put(
        Tpm2Keystore.BLOB, Bytes.of(other.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> Tpm2Keystore.open(access(chip.address()), blobs));
    assertEquals(
        "tpm2-keystore: format 9 where this agent knows 2: use the agent that wrote it, or enrol"
            + " anew",
        refusal.getMessage());
  }

  @Test
  void aDeviceWithAnRsaAttestationKeyEnrolsAndTpm2CheckquoteTakesItsQuotes(@TempDir Path directory)
      throws Exception {
    Tpm2Binding binding = new Tpm2Binding(FIXED, Optional.empty(), AttestationKind.RSA_2048);
    RecordingAddress wire = new RecordingAddress(chip.address());
    DeviceKeystore keystore = Tpm2Keystore.create(access(wire), blobs, binding, PcrApprovals.NONE);
    Bytes nonce = Bytes.of(random());
    EnrolmentClaims claims = keystore.enrolmentClaims(nonce);
    TpmPublic attestation = TpmPublic.parse(claims.attestationKey());
    attestation.requireAttestationKey();
    Bytes secret = Bytes.of(random());
    Credential challenge =
        new MakeCredential(RANDOM)
            .challenge(
                TpmPublic.parse(claims.endorsementKey()),
                attestation.name(),
                SecretBytes.take(secret.toArray()));
    try (SecretBytes opened = keystore.activate(challenge)) {
      assertEquals(secret, opened.reveal(Bytes::of));
    }
    Bytes agreed = assertAgrees(keystore);
    Quote quote = keystore.quote(PcrSelection.parse("sha256:0,7"), nonce);
    keystore.anchor().orElseThrow().write(STATE);
    assertFalse(wire.carried(secret));
    assertFalse(wire.carried(agreed));
    Files.write(directory.resolve("quote.msg"), quote.attest().toArray());
    Files.write(directory.resolve("quote.sig"), quote.signature().toArray());
    Files.writeString(directory.resolve("ak.pem"), pem(attestation));
    assertEquals(0, checkquote(directory, nonce));
    assertEquals(1, checkquote(directory, Bytes.of(random())));
  }

  private Tpm2Renewal renewal() {
    return new Tpm2Renewal(access(chip.address()), blobs, PcrApprovals.NONE);
  }

  private DeviceKeystore reopened() throws Exception {
    return Tpm2Keystore.open(access(chip.address()), blobs);
  }

  private PcrApprovals approvals() {
    return () -> List.copyOf(approved);
  }

  private static Tpm2Binding binding(KeyPair authority) throws Exception {
    return new Tpm2Binding(
        FIXED,
        Optional.of(KeyTemplates.verificationKey(authority.getPublic())),
        AttestationKind.ECC_P256);
  }

  private void boot(String kernel) throws Exception {
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      byte[] measured = kernel.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      tpm.pcrs().extend(11, Digest.of(measured), session);
    }
  }

  private void approveNow(KeyPair authority) throws Exception {
    approved.add(approval(authority, authority));
  }

  private PcrApproval approval(KeyPair named, KeyPair signing) throws Exception {
    PolicyDigest policy;
    try (Tpm tpm = chip.open()) {
      policy = PolicyDigest.start().pcrs(tpm.pcrs().read(SIGNED));
    }
    boolean rsa = signing.getPrivate().getAlgorithm().equals("RSA");
    Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
    signature.initSign(signing.getPrivate());
    signature.update(policy.value().toArray());
    return new PcrApproval(
        SIGNED, Digest.of(named.getPublic().getEncoded()), policy, Bytes.of(signature.sign()));
  }

  private void undefine(NvIndex index) throws Exception {
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      tpm.nv().undefine(index, session);
    }
  }

  private static TpmObject root(Tpm tpm) throws Exception {
    return tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
  }

  private static StateAnchor anchor(DeviceKeystore keystore) {
    return keystore.anchor().orElseThrow();
  }

  private static void assertAnchorMissing(DeviceKeystore keystore) {
    KeystoreRefusal refusal = assertThrows(KeystoreRefusal.class, () -> anchor(keystore).read());
    assertEquals("ANCHOR_MISSING", refusal.code());
  }

  private static void assertRefused(String code, DeviceKeystore keystore) {
    KeystoreRefusal refusal =
        assertThrows(
            KeystoreRefusal.class, () -> keystore.agree((ECPublicKey) p256().getPublic()).close());
    assertEquals(code, refusal.code(), refusal.getMessage());
  }

  private static Bytes assertAgrees(DeviceKeystore keystore) throws Exception {
    KeyPair sender = p256();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(sender.getPrivate());
    agreement.doPhase(keystore.publicKey(KeyPurpose.UNWRAP), true);
    Bytes expected = Bytes.of(agreement.generateSecret());
    try (SecretBytes secret = keystore.agree((ECPublicKey) sender.getPublic())) {
      assertEquals(expected, secret.reveal(Bytes::of));
    }
    return expected;
  }

  private static void requireSome(List<PcrApproval> approvals) {
    if (approvals.isEmpty()) {
      throw new AssertionError("nothing was read");
    }
  }

  private static TpmAccess access(TpmAddress address) {
    return new TpmAccess(address, RANDOM, duration -> {});
  }

  private static KeyPair p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static KeyPair rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static byte[] random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static String pem(TpmPublic key) throws Exception {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.toPublicKey().getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
  }

  private static int checkquote(Path directory, Bytes nonce) throws Exception {
    return new ProcessBuilder(
            "tpm2_checkquote",
            "-u",
            "ak.pem",
            "-m",
            "quote.msg",
            "-s",
            "quote.sig",
            "-g",
            "sha256",
            "-q",
            nonce.hex())
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start()
        .waitFor();
  }
}
