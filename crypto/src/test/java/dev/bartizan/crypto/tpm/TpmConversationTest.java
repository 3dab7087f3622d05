// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TpmConversationTest {
  private static final Bytes MESSAGE = Bytes.of("what was signed".getBytes(StandardCharsets.UTF_8));

  private static final PcrSelection ALL_PCRS =
      PcrSelection.of(TpmHash.SHA256, IntStream.range(0, 24).toArray());

  private static Swtpm swtpm;

  @BeforeAll
  static void manufacture() throws IOException {
    swtpm = Swtpm.manufacture();
  }

  @AfterAll
  static void scrap() {
    swtpm.close();
  }

  @Test
  void theTpmSaysWhoMadeIt() throws Exception {
    try (Tpm tpm = swtpm.open()) {
      assertEquals("IBM", tpm.identity().manufacturer());
    }
  }

  @Test
  void aBankThatTheTpmDoesNotKeepIsNamedWithThoseItDoes() throws Exception {
    try (Swtpm other = Swtpm.manufacture()) {
      other.keepBanks("sha384");
      try (Tpm tpm = other.open()) {
        assertEquals(List.of(TpmHash.SHA384), tpm.pcrs().banks());
        assertEquals(1, tpm.pcrs().read(PcrSelection.parse("sha384:7")).values().size());
        BankNotActive refused =
            assertThrows(
                BankNotActive.class, () -> tpm.pcrs().read(PcrSelection.parse("sha256:7")));
        assertEquals(TpmHash.SHA256, refused.asked());
        assertEquals(List.of(TpmHash.SHA384), refused.active());
        String said = String.valueOf(refused.getMessage());
        assertTrue(said.contains("keystore.boot_pcrs"), said);
      }
    }
  }

  @Test
  void overTcpAnAnswerMayArriveByteByByte() throws Exception {
    try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> relayed = CompletableFuture.runAsync(() -> relayTo(swtpm, relay));
      TpmAddress address = TpmAddress.parse("swtpm:127.0.0.1:" + relay.getLocalPort());
      try (Tpm tpm = Tpm.open(address, new SecureRandom(), duration -> {})) {
        assertEquals("IBM", tpm.identity().manufacturer());
        assertEquals(24, tpm.pcrs().read(ALL_PCRS).values().size());
      }
      relayed.get();
    }
  }

  @Test
  void aKeyMadeInTheTpmSignsAndItsSignatureIsChecked() throws Exception {
    try (Tpm tpm = swtpm.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      KeyBlob blob = tpm.keys().create(root, KeyTemplates.signingKey(), session);
      blob.publicArea().requireSigningKey();
      try (TpmObject key = tpm.keys().load(root, blob, session)) {
        Digest digest = Digest.of(MESSAGE.toArray());
        TpmSignature signature = tpm.keys().sign(key, digest, session);
        signature.requireBy(blob.publicArea().toPublicKey(), MESSAGE);
        Bytes other = Bytes.of(new byte[] {1});
        TpmRefusal refusal =
            assertThrows(
                TpmRefusal.class,
                () -> signature.requireBy(blob.publicArea().toPublicKey(), other));
        assertEquals(TpmRefusal.Reason.BAD_SIGNATURE, refusal.reason());
      }
    }
  }

  @Test
  void bothEndsAgreeOnTheSameSecretUnderThePolicyOnly() throws Exception {
    PcrSelection selection = PcrSelection.parse("sha256:16");
    KeyPair ephemeral = p256();
    try (Tpm tpm = swtpm.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      PolicyDigest policy = PolicyDigest.start().pcrs(tpm.pcrs().read(selection));
      KeyBlob blob = tpm.keys().create(root, KeyTemplates.agreementKey(policy), session);
      blob.publicArea().requirePolicyBoundAgreementKey();
      try (TpmObject key = tpm.keys().load(root, blob, session);
          PolicySession opened = tpm.startPolicy(root)) {
        ECPublicKey theirs = (ECPublicKey) ephemeral.getPublic();
        TpmException without =
            assertThrows(TpmException.class, () -> tpm.keys().agree(key, theirs, session));
        assertEquals(TpmFailure.POLICY, without.failure(), without.getMessage());
        opened.pcrs(selection);
        assertEquals(policy, opened.digest());
        try (SecretBytes secret = tpm.keys().agree(key, theirs, opened)) {
          assertEquals(
              ecdh(ephemeral, (ECPublicKey) blob.publicArea().toPublicKey()),
              secret.reveal(Bytes::of));
        }
        tpm.pcrs().extend(16, Digest.of(new byte[0]), session);
        opened.pcrs(selection);
        TpmException after =
            assertThrows(TpmException.class, () -> tpm.keys().agree(key, theirs, opened));
        assertEquals(TpmFailure.POLICY, after.failure(), after.getMessage());
      }
    }
  }

  @Test
  void aCredentialOpensOnlyInTheTpmAndForTheKeyItWasMadeFor() throws Exception {
    for (EndorsementKind kind : EndorsementKind.values()) {
      byte[] secret = new byte[32];
      new SecureRandom().nextBytes(secret);
      Bytes expected = Bytes.of(secret);
      try (Tpm tpm = swtpm.open();
          TpmObject root = root(tpm);
          TpmObject endorsement =
              tpm.keys().createPrimary(Hierarchy.ENDORSEMENT, kind.template())) {
        KeyBlob blob;
        try (TpmSession session = tpm.startSession(root)) {
          blob = tpm.keys().create(root, KeyTemplates.attestationKey(), session);
        }
        Credential credential =
            new MakeCredential(new SecureRandom())
                .challenge(
                    endorsement.publicArea(), blob.publicArea().name(), SecretBytes.take(secret));
        try (TpmSession session = tpm.startSession(root);
            TpmObject key = tpm.keys().load(root, blob, session);
            PolicySession policy = tpm.startPolicy(root)) {
          TpmSession opening = kind.hasPassword() ? session : policy;
          policy.secret(Hierarchy.ENDORSEMENT);
          try (SecretBytes opened =
              tpm.attestation().activate(key, endorsement, credential, opening)) {
            assertEquals(expected, opened.reveal(Bytes::of));
          }
          policy.secret(Hierarchy.ENDORSEMENT);
          assertThrows(
              TpmException.class,
              () -> tpm.attestation().activate(root, endorsement, credential, opening));
        }
      }
    }
  }

  @Test
  void aQuoteIsAcceptedByItsKeyAndCoversTheValues() throws Exception {
    PcrSelection selection = PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,23");
    Bytes nonce = Bytes.ofHex("00112233445566778899");
    try (Tpm tpm = swtpm.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      KeyBlob blob = tpm.keys().create(root, KeyTemplates.attestationKey(), session);
      try (TpmObject key = tpm.keys().load(root, blob, session)) {
        SignedStatement quote = tpm.attestation().quote(key, selection, nonce, session);
        QuoteAttest accepted =
            QuoteAttest.accept(quote.attest(), quote.signature(), blob.publicArea());
        assertEquals(nonce, accepted.header().extraData());
        assertEquals(selection, accepted.selection());
        PcrValues values = tpm.pcrs().read(selection);
        assertEquals(values.digest(TpmHash.SHA256), accepted.pcrDigest());
        SignedStatement certified = tpm.attestation().certify(root, key, nonce, session);
        CertifyAttest.accept(
            certified.attest(), certified.signature(), blob.publicArea(), root.publicArea());
        assertThrows(
            TpmRefusal.class,
            () ->
                CertifyAttest.accept(
                    certified.attest(),
                    certified.signature(),
                    blob.publicArea(),
                    blob.publicArea()));
      }
    }
  }

  @Test
  void theChipMakersCertificatesComeWithoutTheirPadding() throws Exception {
    try (Tpm tpm = swtpm.open()) {
      for (EndorsementKind kind :
          List.of(EndorsementKind.ECC_P256, EndorsementKind.RSA_2048, EndorsementKind.ECC_P384)) {
        byte[] certificate = kind.findCertificate(tpm).orElseThrow().toArray();
        int length = (certificate[2] & 0xff) << 8 | (certificate[3] & 0xff);
        assertEquals(4 + length, certificate.length);
      }
    }
  }

  @Test
  void whatAKilledProcessLeftInTheSlotsIsFlushedWhenTheyRunOut() throws Exception {
    for (int life = 0; life < 5; life++) {
      TpmTransport transport = swtpm.address().open();
      Tpm killed = Tpm.open(() -> transport, new SecureRandom(), duration -> {});
      TpmObject root = root(killed);
      killed.startSession(root);
      transport.close();
    }
    try (Tpm tpm = swtpm.open();
        TpmObject first = root(tpm);
        TpmObject second = root(tpm);
        TpmObject third = root(tpm);
        TpmSession session = tpm.startSession(first)) {
      assertEquals(second.name(), third.name());
      assertTrue(tpm.random(16, session).length() == 16);
      TpmException full = assertThrows(TpmException.class, () -> root(tpm));
      assertEquals(TpmFailure.OUT_OF_SLOTS, full.failure());
    }
  }

  @Test
  void aCounterOnlyGoesUpAndAnExtendedIndexRemembersAll() throws Exception {
    try (Tpm tpm = swtpm.open();
        TpmObject root = root(tpm);
        TpmSession session = tpm.startSession(root)) {
      NvIndex counter = NvIndex.counter(0x0180_0001);
      tpm.nv().define(counter, session);
      tpm.nv().increment(counter, session);
      Bytes first = tpm.nv().read(counter.written(), session);
      tpm.nv().increment(counter.written(), session);
      Bytes second = tpm.nv().read(tpm.nv().find(0x0180_0001).orElseThrow(), session);
      assertEquals(first.asBuffer().getLong() + 1, second.asBuffer().getLong());
      NvIndex log = NvIndex.extendable(0x0180_0002);
      tpm.nv().define(log, session);
      tpm.nv().extend(log, MESSAGE, session);
      assertEquals(
          Bytes.of(TpmHash.SHA256.digest(new byte[32], MESSAGE.toArray())),
          tpm.nv().read(log.written(), session));
      tpm.nv().undefine(counter.written(), session);
      tpm.nv().undefine(log.written(), session);
      assertTrue(tpm.nv().find(0x0180_0001).isEmpty());
    }
  }

  private static void relayTo(Swtpm chip, ServerSocket relay) {
    try (Socket client = relay.accept();
        TpmTransport transport = chip.address().open()) {
      client.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(client.getInputStream());
      while (true) {
        byte[] header = in.readNBytes(6);
        if (header.length == 0) {
          return;
        }
        int rest = ByteBuffer.wrap(header).getInt(2) - header.length;
        byte[] command = Arrays.copyOf(header, header.length + rest);
        in.readFully(command, header.length, rest);
        for (byte next : transport.exchange(command)) {
          client.getOutputStream().write(next);
        }
      }
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  private static TpmObject root(Tpm tpm) throws IOException {
    return tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
  }

  private static KeyPair p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static Bytes ecdh(KeyPair ours, ECPublicKey theirs) throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(ours.getPrivate());
    agreement.doPhase(theirs, true);
    return Bytes.of(agreement.generateSecret());
  }
}
