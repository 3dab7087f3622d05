// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A boot state that an authority accepts: one entry of systemd's {@code tpm2-pcr-signature.json}. A
 * claim only; the TPM checks the signature before it lets it count.
 *
 * @param pcrs whose values are approved
 * @param keyFingerprint SHA-256 of the authority's SubjectPublicKeyInfo
 * @param policy PolicyPCR of the approved values
 * @param signature over {@code policy}: RSASSA with SHA-256, or ECDSA in DER
 */
public record PcrApproval(
    PcrSelection pcrs, Digest keyFingerprint, PolicyDigest policy, Bytes signature) {
  /** The longest file of approvals that is read. */
  public static final int MAX_LENGTH = 256 * 1024;

  private static final int MAX_APPROVALS = 256;
  private static final int MAX_SIGNATURE = 512;

  /**
   * Reads a file of them.
   *
   * @param name of the file, for messages
   * @throws Malformed when it is anything else
   */
  public static List<PcrApproval> parse(byte[] json, String name) throws Malformed {
    JsonNode tree = StrictJson.read(json, MAX_LENGTH, name).tree();
    List<PcrApproval> approvals = new ArrayList<>();
    try {
      for (Map.Entry<String, JsonNode> bank : tree.properties()) {
        TpmHash hash =
            TpmHash.find(bank.getKey())
                .orElseThrow(() -> new IllegalArgumentException("no such PCR bank"));
        for (JsonNode entry : bank.getValue()) {
          approvals.add(read(hash, entry));
        }
      }
    } catch (IllegalArgumentException unreadable) {
      throw new Malformed(name + ": " + unreadable.getMessage(), unreadable);
    }
    if (approvals.size() > MAX_APPROVALS) {
      throw new Malformed(name + ": " + approvals.size() + " approvals");
    }
    return List.copyOf(approvals);
  }

  /** The file with these entries; {@link #parse} reads it back. */
  public static byte[] write(List<PcrApproval> approvals) throws Malformed {
    ObjectNode tree = StrictJson.object();
    for (PcrApproval approval : approvals) {
      String bank = approval.pcrs().banks().get(0).hash().text();
      ArrayNode entries = tree.withArrayProperty(bank);
      ObjectNode entry = entries.addObject();
      approval.pcrs().banks().get(0).pcrs().forEach(entry.putArray("pcrs")::add);
      entry.put("pkfp", approval.keyFingerprint().hex());
      entry.put("pol", approval.policy().value().hex());
      entry.put("sig", Base64.getEncoder().encodeToString(approval.signature().toArray()));
    }
    return StrictJson.write(tree);
  }

  /**
   * Whether it approves these values; the signature is not looked at.
   *
   * @param values of {@link #pcrs}
   */
  public boolean isOf(PcrValues values) {
    return PolicyDigest.start().pcrs(values).equals(policy);
  }

  private static PcrApproval read(TpmHash bank, JsonNode entry) {
    int[] pcrs = new int[entry.path("pcrs").size()];
    for (int i = 0; i < pcrs.length; i++) {
      pcrs[i] = entry.path("pcrs").get(i).asInt(-1);
    }
    byte[] signature = Base64.getDecoder().decode(entry.path("sig").asText());
    if (pcrs.length == 0 || signature.length == 0 || signature.length > MAX_SIGNATURE) {
      throw new IllegalArgumentException("an approval without PCRs or signature");
    }
    return new PcrApproval(
        PcrSelection.of(bank, pcrs),
        Digest.ofValue(Bytes.ofHex(entry.path("pkfp").asText()).toArray()),
        new PolicyDigest(Bytes.ofHex(entry.path("pol").asText())),
        Bytes.of(signature));
  }
}
