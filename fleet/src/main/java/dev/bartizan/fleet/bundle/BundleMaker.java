// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.fleet.bundle.ReportBundleRefusal.Reason;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.trust.KeptWord;
import dev.bartizan.protocol.jws.StatementSigner;
import dev.bartizan.protocol.result.AttestationResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts a bundle together, on the server that has given the result. */
public final class BundleMaker {
  private final StatementSigner server;
  private final X509Certificate authority;

  /**
   * @param server the key of results
   * @param authority that issued devices' certificates
   */
  public BundleMaker(StatementSigner server, X509Certificate authority) {
    this.server = server;
    this.authority = authority;
  }

  /**
   * What goes into a bundle.
   *
   * @param evidence as it was received
   * @param author what he had said
   */
  public record Content(Bytes evidence, Device device, AttestationResult result, KeptWord author) {}

  /**
   * The bundle of one result, and only one that {@code checked} finds to hold: what nobody can
   * verify later is not worth keeping.
   *
   * @param file what the bundle will be called
   * @throws ReportBundleRefusal when it would not give the same answer: what is known has changed
   */
  public ReportBundle make(Content content, BundleAppraisal checked, String file)
      throws IOException, Refusal {
    AttestationResult result = content.result();
    KeptWord author = content.author();
    SortedMap<String, Bytes> members = new TreeMap<>();
    members.put(ReportBundle.EVIDENCE, content.evidence());
    members.put(ReportBundle.DEVICE, Bytes.of(StrictJson.write(content.device().toJson())));
    members.put(ReportBundle.AUTHORITY, Bytes.of(Pem.der(authority)));
    members.put(
        ReportBundle.RESULT, Bytes.of(result.sign(server).getBytes(StandardCharsets.US_ASCII)));
    author.metadata().forEach((name, raw) -> members.put(ReportBundle.METADATA + name, raw));
    author.documents().forEach((path, raw) -> members.put(ReportBundle.DOCUMENTS + path, raw));
    ReportBundle bundle =
        ReportBundle.sign(BundleManifest.of(result, author.root(), members), members, server);
    BundleAnswer answer =
        checked.judge(ReportBundle.read(bundle.write(), file), file, Optional.empty());
    if (!answer.isAsGiven()) {
      throw new ReportBundleRefusal(
          Reason.NOT_WORTH_KEEPING,
          file,
          "",
          "what is known now does not lead to the result of "
              + result.issuedAt()
              + ": "
              + answer.result().reasons());
    }
    return bundle;
  }
}
