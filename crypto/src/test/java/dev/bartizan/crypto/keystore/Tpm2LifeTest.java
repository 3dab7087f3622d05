// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static dev.bartizan.crypto.keystore.ChipKeys.checkquote;
import static dev.bartizan.crypto.keystore.ChipKeys.pem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.MakeCredential;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.RecordingAddress;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys over the life of a device: updates of what it boots, ends of epochs, old disks. */
class Tpm2LifeTest extends KeysOverALife {
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
}
