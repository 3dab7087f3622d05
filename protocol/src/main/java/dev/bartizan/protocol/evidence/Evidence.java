// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.protocol.cose.CoseSign1;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.StatementKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * What a device shows to a verifier: a CMW collection (RFC 9999) of an EAT, a TPM quote and the
 * logs that explain the quoted PCRs. Reading it proves nothing; the envelope has no security of its
 * own.
 *
 * <p>What binds the members: the quote's extraData is {@link #qualification} of the nonce and of
 * what the EAT's signature covers, and the quoted PCRs are what the logs replay to.
 *
 * <p>As a file it is JSON and has everything; on the way to a verifier it is a {@link
 * CompactEvidence}.
 *
 * @param eat a CWT by the identity key
 * @param quote by the attestation key, where the keystore has one; without it the claims bind the
 *     log
 * @param log what the agent measured
 * @param bootLogs what firmware and user space measured, where they left a log
 */
public record Evidence(CoseSign1 eat, Optional<Quote> quote, AgentLog log, BootLogs bootLogs) {
  /** Of the whole collection, in bytes. */
  public static final int MAX_LENGTH = 8 * 1024 * 1024;

  /** Of one of the boot's logs, in bytes. */
  public static final int MAX_BOOT_LOG = 2 * 1024 * 1024;

  static final String COLLECTION = "tag:bartizan.dev,2026:evidence#2";
  static final String COLLECTION_TYPE = "__cmwc_t";
  static final String EAT = "eat";
  static final String TPM = "tpm";
  static final String AGENT_LOG = "agent-log";
  static final String UEFI_LOG = "uefi-log";
  static final String SYSTEMD_LOG = "sd-log";
  private static final String TPM_TYPE = "application/vnd.bartizan.tpm-quote+json";
  private static final String AGENT_LOG_TYPE = "application/vnd.bartizan.agent-log+json";
  private static final String UEFI_LOG_TYPE = "application/vnd.bartizan.tcg-pcclient-log";
  private static final String SYSTEMD_LOG_TYPE = "application/vnd.bartizan.systemd-measure-log";

  /** The CMW indicator bit of evidence. */
  static final int EVIDENCE = 4;

  /**
   * What the quote must carry as extraData: SHA-256 of {@code profile 00 nonce
   * SHA-256(Sig_structure)}. So one fresh TPM signature covers the nonce, the PCRs and the claims.
   */
  public Bytes qualification(Nonce nonce) {
    return qualification(nonce, eat.signingInputDigest());
  }

  static Bytes qualification(Nonce nonce, Digest signingInput) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update((EatClaims.PROFILE + "\0").getBytes(StandardCharsets.UTF_8));
    sha256.update(nonce.value().asBuffer());
    return Bytes.of(sha256.digest(signingInput.value().toArray()));
  }

  /** The claims, now that {@code identity} has been seen to have signed them. */
  public EatClaims claims(StatementKey identity) throws Malformed, BadSignature {
    return EatCbor.read(eat.payload(identity));
  }

  /** Who the device says it is, so that its key can be looked up. Believe nothing of it. */
  public EatClaims unverifiedClaims() throws Malformed {
    return EatCbor.read(eat.unverifiedPayload());
  }

  /** The collection as a file. */
  public byte[] write() {
    ObjectNode collection = StrictJson.object().put(COLLECTION_TYPE, COLLECTION);
    put(collection, EAT, EatClaims.TYPE, eat.write().toArray());
    quote.ifPresent(signed -> put(collection, TPM, TPM_TYPE, QuoteJson.write(signed)));
    put(collection, AGENT_LOG, AGENT_LOG_TYPE, log.write());
    put(collection, UEFI_LOG, UEFI_LOG_TYPE, bootLogs.firmware());
    put(collection, SYSTEMD_LOG, SYSTEMD_LOG_TYPE, bootLogs.userspace());
    return StrictJson.write(collection);
  }

  /** Reads a collection; members it does not know are ignored, as RFC 9999 wants. */
  public static Evidence read(byte[] cmw) throws Malformed {
    JsonFields collection = StrictJson.read(cmw, MAX_LENGTH, "evidence");
    if (!collection.text(COLLECTION_TYPE, 200).equals(COLLECTION)) {
      throw new Malformed("evidence is not a collection of type " + COLLECTION);
    }
    return new Evidence(
        readEat(get(collection, EAT, EatClaims.TYPE, EatClaims.MAX_LENGTH)),
        readQuote(collection),
        AgentLog.read(get(collection, AGENT_LOG, AGENT_LOG_TYPE, AgentLog.MAX_LENGTH).toArray()),
        new BootLogs(
            find(collection, UEFI_LOG, UEFI_LOG_TYPE),
            find(collection, SYSTEMD_LOG, SYSTEMD_LOG_TYPE)));
  }

  static CoseSign1 readEat(Bytes cwt) throws Malformed {
    CoseSign1 eat = CoseSign1.parse(cwt, EatClaims.MAX_LENGTH, EAT);
    if (!eat.type().equals(EatClaims.TYPE)) {
      throw new Malformed("eat header.typ is not " + EatClaims.TYPE);
    }
    return eat;
  }

  private static Optional<Quote> readQuote(JsonFields collection) throws Malformed {
    return collection.has(TPM)
        ? Optional.of(
            QuoteJson.read(get(collection, TPM, TPM_TYPE, EatClaims.MAX_LENGTH).toArray()))
        : Optional.empty();
  }

  private static void put(ObjectNode collection, String label, String type, byte[] value) {
    collection.putArray(label).add(type).add(Base64Url.encode(value)).add(EVIDENCE);
  }

  private static void put(ObjectNode collection, String label, String type, Optional<Bytes> log) {
    log.ifPresent(raw -> put(collection, label, type, raw.toArray()));
  }

  private static Optional<Bytes> find(JsonFields collection, String label, String type)
      throws Malformed {
    return collection.has(label)
        ? Optional.of(get(collection, label, type, MAX_BOOT_LOG))
        : Optional.empty();
  }

  private static Bytes get(JsonFields collection, String label, String type, int limit)
      throws Malformed {
    List<JsonNode> member = collection.array(label, 3);
    if (member.size() < 2 || !member.get(0).asText().equals(type)) {
      throw new Malformed("evidence." + label + " is not a CMW record of type " + type);
    }
    Bytes value = Base64Url.decode(member.get(1).asText(), "evidence." + label);
    if (value.length() > limit) {
      throw new Malformed("evidence." + label + " has more than " + limit + " bytes");
    }
    return value;
  }
}
