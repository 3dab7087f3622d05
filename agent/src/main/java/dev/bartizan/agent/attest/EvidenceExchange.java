// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.attest;

import dev.bartizan.agent.identity.FleetHttps;
import dev.bartizan.agent.report.Attester;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.attestation.AttestationPaths;
import dev.bartizan.protocol.attestation.LogsWanted;
import dev.bartizan.protocol.attestation.NonceReply;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.Evidence;
import java.io.IOException;

/** One exchange: a nonce, evidence for it, the logs that the server lacks, its answer. */
public final class EvidenceExchange {
  private static final int CONFLICT = 409;
  private static final int MAX_ANSWER = 64 * 1024;
  private static final String NO_CONTENT = "application/octet-stream";

  private final FleetHttps server;
  private final Attester attester;

  public EvidenceExchange(FleetHttps server, Attester attester) {
    this.server = server;
    this.attester = attester;
  }

  /**
   * Shows evidence at {@code path} and returns what the server answers.
   *
   * @param noncePath where the nonce for it is asked for
   * @throws ServerRefused when it says no
   * @throws IOException when it cannot be reached now, or the chip cannot quote
   */
  public Bytes show(String noncePath, String path) throws IOException, Refusal {
    Bytes asked = done(server.post(noncePath, NO_CONTENT, Bytes.empty(), MAX_ANSWER));
    Evidence evidence = attester.evidence(NonceReply.read(asked.toArray()).nonce());
    Bytes compact = CompactEvidence.of(evidence).write();
    FleetHttps.Reply reply = server.post(path, CompactEvidence.TYPE, compact, MAX_ANSWER);
    if (reply.status() == CONFLICT) {
      bring(evidence, LogsWanted.read(reply.body().toArray()));
      reply = server.post(path, CompactEvidence.TYPE, compact, MAX_ANSWER);
    }
    return done(reply);
  }

  private void bring(Evidence evidence, LogsWanted wanted) throws IOException, Refusal {
    for (Digest digest : wanted.digests()) {
      Bytes log = find(evidence, digest);
      done(server.post(AttestationPaths.log(digest), NO_CONTENT, log, MAX_ANSWER));
    }
  }

  /** Only what this evidence names: a server learns no other file by asking for it. */
  private static Bytes find(Evidence evidence, Digest digest) throws Malformed {
    return CompactEvidence.logs(evidence).stream()
        .filter(log -> Digest.of(log.asBuffer()).equals(digest))
        .findFirst()
        .orElseThrow(() -> new Malformed("the server asks for a log that the evidence lacks"));
  }

  private static Bytes done(FleetHttps.Reply reply) throws IOException, ServerRefused {
    if (!reply.requireNow("attest").isDone()) {
      throw ServerRefused.of(reply);
    }
    return reply.body();
  }
}
