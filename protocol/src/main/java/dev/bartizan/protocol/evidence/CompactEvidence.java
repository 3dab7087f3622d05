// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborFields;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import dev.bartizan.protocol.cose.CoseSign1;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Evidence as it travels: a CMW collection in CBOR (RFC 9999), small enough for one message of a
 * narrow link. Logs are named by their SHA-256, because they change once per boot; values of PCRs
 * that follow from the logs are left out. The verifier puts back what it holds, and the quote says
 * whether that was right.
 *
 * @param eat a CWT by the identity key
 * @param quote what the TPM signed, where the device has one
 * @param agentLog what the agent measured: the log itself while it is short, its digest after that
 * @param firmwareLog digest of the firmware's log, where there is one
 * @param userspaceLog digest of systemd's log, where there is one
 */
public record CompactEvidence(
    CoseSign1 eat,
    Optional<CompactQuote> quote,
    NamedLog agentLog,
    Optional<Digest> firmwareLog,
    Optional<Digest> userspaceLog) {
  /** The media type. */
  public static final String TYPE = "application/cmw+cbor";

  /** Of the whole, in bytes: what a log has is not in it. */
  public static final int MAX_LENGTH = 64 * 1024;

  /** An agent's log up to this many bytes comes along. */
  private static final int SHORT_LOG = 1024;

  private static final int RECORD_MEMBERS = 3;
  private static final int MAX_TEXT = 200;
  private static final String QUOTE_TYPE = "application/vnd.bartizan.tpm-quote+cbor";
  private static final String LOG_TYPE = "application/vnd.bartizan.agent-log+cbor";
  private static final String DIGEST_TYPE = "application/vnd.bartizan.log-digest";
  private static final Label COLLECTION_TYPE = Label.of(Evidence.COLLECTION_TYPE);
  private static final Label EAT = Label.of(Evidence.EAT);
  private static final Label TPM = Label.of(Evidence.TPM);
  private static final Label AGENT_LOG = Label.of(Evidence.AGENT_LOG);
  private static final Label FIRMWARE_LOG = Label.of(Evidence.UEFI_LOG);
  private static final Label USERSPACE_LOG = Label.of(Evidence.SYSTEMD_LOG);

  /**
   * A log, or its name.
   *
   * @param digest SHA-256 of {@code content}
   * @param content the log, unless only its digest travels
   */
  public record NamedLog(Digest digest, Optional<Bytes> content) {
    static NamedLog of(Bytes log) {
      Digest digest = Digest.of(log.asBuffer());
      return new NamedLog(digest, log.length() <= SHORT_LOG ? Optional.of(log) : Optional.empty());
    }
  }

  /** {@code evidence} without what a verifier can know by itself. */
  public static CompactEvidence of(Evidence evidence) {
    return new CompactEvidence(
        evidence.eat(),
        evidence.quote().map(quote -> CompactQuote.of(quote, evidence.log(), evidence.bootLogs())),
        NamedLog.of(AgentLogCbor.write(evidence.log())),
        evidence.bootLogs().firmware().map(log -> Digest.of(log.asBuffer())),
        evidence.bootLogs().userspace().map(log -> Digest.of(log.asBuffer())));
  }

  /** The logs of {@code evidence} that its compact form may name, as they are to be asked for. */
  public static List<Bytes> logs(Evidence evidence) {
    List<Bytes> logs = new ArrayList<>();
    logs.add(AgentLogCbor.write(evidence.log()));
    evidence.bootLogs().firmware().ifPresent(logs::add);
    evidence.bootLogs().userspace().ifPresent(logs::add);
    return logs;
  }

  /**
   * All of it, with the logs that {@code known} has.
   *
   * @throws MissingLogs when one is not there: then nothing can be said of this evidence yet
   */
  public Evidence complete(KnownLogs known) throws IOException, Refusal {
    List<Digest> missing = new ArrayList<>();
    Optional<Bytes> agent =
        agentLog.content().isPresent()
            ? agentLog.content()
            : find(known, Optional.of(agentLog.digest()), missing);
    Optional<Bytes> firmware = find(known, firmwareLog, missing);
    Optional<Bytes> userspace = find(known, userspaceLog, missing);
    if (agent.isEmpty() || !missing.isEmpty()) {
      throw new MissingLogs(missing);
    }
    AgentLog log = AgentLogCbor.read(agent.get());
    BootLogs bootLogs = new BootLogs(firmware, userspace);
    return new Evidence(
        eat,
        quote.isPresent() ? Optional.of(quote.get().complete(log, bootLogs)) : Optional.empty(),
        log,
        bootLogs);
  }

  /** Who the device says it is. Believe nothing of it. */
  public EatClaims unverifiedClaims() throws Malformed {
    return EatCbor.read(eat.unverifiedPayload());
  }

  /** As it travels. */
  public Bytes write() {
    CborMembers collection = new CborMembers().put(COLLECTION_TYPE, Evidence.COLLECTION);
    put(collection, EAT, EatClaims.TYPE, eat.write());
    quote.ifPresent(signed -> put(collection, TPM, QUOTE_TYPE, signed.write()));
    if (agentLog.content().isPresent()) {
      put(collection, AGENT_LOG, LOG_TYPE, agentLog.content().get());
    } else {
      put(collection, AGENT_LOG, DIGEST_TYPE, agentLog.digest().value());
    }
    firmwareLog.ifPresent(name -> put(collection, FIRMWARE_LOG, DIGEST_TYPE, name.value()));
    userspaceLog.ifPresent(name -> put(collection, USERSPACE_LOG, DIGEST_TYPE, name.value()));
    return collection.map().write();
  }

  /** Reads a collection; members it does not know are ignored, as RFC 9999 wants. */
  public static CompactEvidence read(Bytes cmw) throws Malformed {
    CborFields collection = CborFields.read(cmw, MAX_LENGTH, "evidence");
    if (!collection.text(COLLECTION_TYPE, MAX_TEXT).equals(Evidence.COLLECTION)) {
      throw new Malformed("evidence is not a collection of type " + Evidence.COLLECTION);
    }
    return new CompactEvidence(
        Evidence.readEat(CmwRecord.of(collection, EAT).content(EatClaims.TYPE)),
        collection.has(TPM)
            ? Optional.of(CompactQuote.read(CmwRecord.of(collection, TPM).content(QUOTE_TYPE)))
            : Optional.empty(),
        readLog(CmwRecord.of(collection, AGENT_LOG)),
        findName(collection, FIRMWARE_LOG),
        findName(collection, USERSPACE_LOG));
  }

  private static NamedLog readLog(CmwRecord record) throws Malformed {
    if (record.type().equals(DIGEST_TYPE)) {
      return new NamedLog(record.digest(), Optional.empty());
    }
    Bytes content = record.content(LOG_TYPE);
    return new NamedLog(Digest.of(content.asBuffer()), Optional.of(content));
  }

  private static Optional<Digest> findName(CborFields collection, Label label) throws Malformed {
    return collection.has(label)
        ? Optional.of(CmwRecord.of(collection, label).digest())
        : Optional.empty();
  }

  private static Optional<Bytes> find(KnownLogs known, Optional<Digest> name, List<Digest> missing)
      throws IOException, Refusal {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<Bytes> log = known.find(name.get());
    if (log.isEmpty()) {
      missing.add(name.get());
    }
    return log;
  }

  private static void put(CborMembers collection, Label label, String type, Bytes value) {
    collection.put(label, Cbor.array(Cbor.of(type), Cbor.of(value), Cbor.of(Evidence.EVIDENCE)));
  }

  /**
   * One member of the collection.
   *
   * @param at its path, for messages
   */
  private record CmwRecord(String at, String type, Bytes content) {
    static CmwRecord of(CborFields collection, Label label) throws Malformed {
      String at = "evidence." + label.name();
      List<Cbor> members = collection.array(label, RECORD_MEMBERS);
      if (members.size() != RECORD_MEMBERS
          || !members.get(RECORD_MEMBERS - 1).equals(Cbor.of(Evidence.EVIDENCE))) {
        throw new Malformed(at + " is not a CMW record of evidence");
      }
      return new CmwRecord(
          at,
          CborFields.text(at, members.get(0), MAX_TEXT),
          CborFields.octets(at, members.get(1), MAX_LENGTH));
    }

    Bytes content(String expected) throws Malformed {
      if (!type.equals(expected)) {
        throw new Malformed(at + " is not a CMW record of type " + expected);
      }
      return content;
    }

    Digest digest() throws Malformed {
      return CborFields.digest(at, Cbor.of(content(DIGEST_TYPE)));
    }
  }
}
