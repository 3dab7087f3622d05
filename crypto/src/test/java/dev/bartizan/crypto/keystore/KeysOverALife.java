// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmAddress;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmSession;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A chip whose keys live through other boot states, epochs and disks. */
abstract class KeysOverALife {
  static final PcrSelection FIXED = PcrSelection.parse("sha256:7");
  static final PcrSelection SIGNED = PcrSelection.parse("sha256:11");
  static final SecureRandom RANDOM = new SecureRandom();
  static final Bytes STATE = Bytes.of(new byte[] {1, 2, 3});

  final MemoryBlobStore blobs = new MemoryBlobStore();
  final List<PcrApproval> approved = new ArrayList<>();
  Swtpm chip;

  @BeforeEach
  void manufacture() throws Exception {
    chip = Swtpm.manufacture();
  }

  @AfterEach
  void scrap() {
    chip.close();
  }

  DeviceKeystore reopened() throws Exception {
    return Tpm2Keystore.open(access(chip.address()), blobs);
  }

  PcrApprovals approvals() {
    return () -> List.copyOf(approved);
  }

  static Tpm2Binding binding(KeyPair authority) throws Exception {
    return new Tpm2Binding(
        FIXED,
        Optional.of(KeyTemplates.verificationKey(authority.getPublic())),
        AttestationKind.ECC_P256);
  }

  void boot(String kernel) throws Exception {
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      byte[] measured = kernel.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      tpm.pcrs().extend(11, Digest.of(measured), session);
    }
  }

  void approveNow(KeyPair authority) throws Exception {
    approved.add(approval(authority, authority));
  }

  PcrApproval approval(KeyPair named, KeyPair signing) throws Exception {
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

  void undefine(NvIndex index) throws Exception {
    try (Tpm tpm = chip.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      tpm.nv().undefine(index, session);
    }
  }

  static TpmObject root(Tpm tpm) throws Exception {
    return tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
  }

  static StateAnchor anchor(DeviceKeystore keystore) {
    return keystore.anchor().orElseThrow();
  }

  static void assertAnchorMissing(DeviceKeystore keystore) {
    KeystoreRefusal refusal = assertThrows(KeystoreRefusal.class, () -> anchor(keystore).read());
    assertEquals("ANCHOR_MISSING", refusal.code());
  }

  static void assertRefused(String code, DeviceKeystore keystore) {
    KeystoreRefusal refusal =
        assertThrows(
            KeystoreRefusal.class, () -> keystore.agree((ECPublicKey) p256().getPublic()).close());
    assertEquals(code, refusal.code(), refusal.getMessage());
  }

  static Bytes assertAgrees(DeviceKeystore keystore) throws Exception {
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

  static void requireSome(List<PcrApproval> approvals) {
    if (approvals.isEmpty()) {
      throw new AssertionError("nothing was read");
    }
  }

  static TpmAccess access(TpmAddress address) {
    return new TpmAccess(address, RANDOM, duration -> {});
  }

  static KeyPair p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  static KeyPair rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  static byte[] random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
