// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import static dev.bartizan.protocol.vectors.DocumentVectors.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.CertifiedKey;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.tpm.ChipModel;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.protocol.enrolment.BeginReply;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.enrolment.KeyPossession;
import dev.bartizan.protocol.enrolment.KeysBeginReply;
import dev.bartizan.protocol.enrolment.KeysBeginRequest;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import java.util.Optional;

/** The messages of an enrolment. What a TPM makes of its own is opaque to who reads them. */
final class EnrolmentVectors {
  private static final String HEADING = "Enrolment";
  private static final Bytes NONCE = Bytes.ofHex("5a".repeat(32));

  private EnrolmentVectors() {}

  static List<Format> formats() throws Exception {
    return List.of(
        new Format(
            "enrolment-begin",
            HEADING,
            begin(),
            document -> {
              BeginRequest request = BeginRequest.read(document);
              return StrictJson.object()
                  .put("ek_public", request.endorsementKey().hex())
                  .put("ak_public", request.attestationKey().hex())
                  .put("chain", request.endorsementChain().size());
            }),
        new Format(
            "enrolment-begin-reply",
            HEADING,
            beginReply(),
            document -> {
              BeginReply reply = BeginReply.read(document);
              return StrictJson.object()
                  .put("nonce", reply.nonce().hex())
                  .put("credential_blob", reply.credential().blob().hex())
                  .put("encrypted_secret", reply.credential().encryptedSeed().hex());
            }),
        new Format(
            "enrolment-finish",
            HEADING,
            finish(),
            document -> {
              FinishRequest request = FinishRequest.read(document);
              return StrictJson.object()
                  .put("secret", request.secret().hex())
                  .put("identity", request.identity().publicArea().hex())
                  .put("unwrap", request.unwrap().publicArea().hex());
            }),
        new Format("enrolment-grant", HEADING, grant(), Reader.of(Grant::read)),
        new Format("enrolment-keys-begin", HEADING, keysBegin(), EnrolmentVectors::readKeysBegin),
        new Format(
            "enrolment-keys-begin-reply", HEADING, keysReply(), Reader.of(KeysBeginReply::read)),
        new Format(
            "enrolment-keys-finish", HEADING, keysFinish(), Reader.of(KeysFinishRequest::read)));
  }

  private static Vectors begin() {
    BeginRequest request =
        new BeginRequest(
            Optional.of("token-1"),
            Optional.of(Bytes.ofHex("3001")),
            List.of(Bytes.ofHex("3002"), Bytes.ofHex("3003")),
            Bytes.ofHex("0e"),
            Bytes.ofHex("0a"),
            Optional.of(new ChipModel("id:49424d00", "SW TPM", "id:20191023")));
    ObjectNode values = StrictJson.object().put("ek_public", "0e").put("ak_public", "0a");
    return new Vectors()
        .valid("all of it", text(request.write()), values.put("chain", 2))
        .changed("no attestation key", "\"ak_public\"", "\"ak_private\"", "ak_public")
        .changed("padded base64", "\"ek_public\":\"Dg\"", "\"ek_public\":\"Dg==\"", "ek_public")
        .changed("a chain that is a number", "[\"MAI\",\"MAM\"]", "[1]", "ek_chain")
        .changed("half a model", "\"model\"", "\"modal\"", "model")
        .asJson();
  }

  private static Vectors beginReply() {
    Credential credential = new Credential(Bytes.ofHex("c0"), Bytes.ofHex("c1"));
    ObjectNode values = StrictJson.object().put("nonce", NONCE.hex());
    values.put("credential_blob", "c0").put("encrypted_secret", "c1");
    return new Vectors()
        .valid("a challenge", text(new BeginReply("session-1", NONCE, credential).write()), values)
        .changed("no session", "\"session\"", "\"season\"", "session")
        .changed("a nonce too long", "\"nonce\":\"", "\"nonce\":\"AAAA", "nonce")
        .asJson();
  }

  private static Vectors finish() {
    CertifiedKey identity =
        new CertifiedKey(Bytes.ofHex("1d"), Bytes.ofHex("a1"), Bytes.ofHex("51"));
    CertifiedKey unwrap = new CertifiedKey(Bytes.ofHex("0f"), Bytes.ofHex("a2"), Bytes.ofHex("52"));
    ObjectNode values = StrictJson.object().put("secret", NONCE.hex());
    return new Vectors()
        .valid(
            "secret and both keys",
            text(new FinishRequest("session-1", NONCE, identity, unwrap).write()),
            values.put("identity", "1d").put("unwrap", "0f"))
        .changed("no unwrap key", "\"unwrap\"", "\"wrap\"", "unwrap")
        .changed("an identity that nothing certifies", "\"attest\"", "\"detest\"", "attest")
        .asJson();
  }

  private static Vectors grant() throws Exception {
    String chain = Envelopes.pem("key-broker") + Envelopes.pem("authority");
    Grant grant =
        new Grant(
            chain,
            Envelopes.pem("key-broker"),
            Optional.empty(),
            "fleet.example",
            "ssl://fleet.example:8883");
    return new Vectors()
        .valid("certificates, and where the fleet is", text(grant.write()))
        .changed("no broker", "\"broker\"", "\"banker\"", "broker")
        .changed("no certificate to unwrap with", "\"unwrap_certificate\"", "\"x\"", "unwrap")
        .asJson();
  }

  private static Vectors keysBegin() throws Exception {
    ECPublicKey identity = (ECPublicKey) Envelopes.authority().getPublicKey();
    ECPublicKey unwrap = (ECPublicKey) Envelopes.keyBroker().getPublicKey();
    KeysBeginRequest request =
        new KeysBeginRequest("token-1", Protection.Kind.SOFTWARE, identity, unwrap);
    ObjectNode values = StrictJson.object().put("nonce", NONCE.hex());
    values.put("statement", new KeyPossession(NONCE, identity, unwrap).statement().hex());
    return new Vectors()
        .valid("keys of a file, and what to sign for a nonce", text(request.write()), values)
        .changed("a chip, which proves more", "\"software\"", "\"tpm2\"", "keystore")
        .changed("a keystore of no kind", "\"software\"", "\"vault\"", "keystore")
        .changed("a key on another curve", "\"identity\":\"MFkw", "\"identity\":\"MFkx", "identity")
        .changed("no token", "\"token\"", "\"taken\"", "token")
        .asJson();
  }

  private static ObjectNode readKeysBegin(byte[] document) throws Malformed {
    KeysBeginRequest request = KeysBeginRequest.read(document);
    return StrictJson.object()
        .put("nonce", NONCE.hex())
        .put(
            "statement",
            new KeyPossession(NONCE, request.identity(), request.unwrap()).statement().hex());
  }

  private static Vectors keysReply() throws Exception {
    ECPublicKey ephemeral = (ECPublicKey) Envelopes.keyBroker().getPublicKey();
    return new Vectors()
        .valid("a challenge", text(new KeysBeginReply("session-1", NONCE, ephemeral).write()))
        .changed("a nonce too long", "\"nonce\":\"", "\"nonce\":\"AAAA", "nonce")
        .changed("no key to agree with", "\"ephemeral\"", "\"eternal\"", "ephemeral")
        .asJson();
  }

  private static Vectors keysFinish() {
    KeysFinishRequest request =
        new KeysFinishRequest("session-1", Bytes.of(new byte[70]), Bytes.of(new byte[32]));
    return new Vectors()
        .valid("signature and proof", text(request.write()))
        .changed("no proof", "\"proof\"", "\"prove\"", "proof")
        .changed("a proof too long", "\"proof\":\"", "\"proof\":\"AAAA", "proof")
        .changed("a session that is a number", "\"session-1\"", "1", "session")
        .changed("padded base64", "\"proof\":\"AA", "\"proof\":\"A=", "proof")
        .asJson();
  }
}
