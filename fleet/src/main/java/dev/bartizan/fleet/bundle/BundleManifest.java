// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.updater.disk.DocumentFormat;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the server signs: of whom, when and for which nonce, and the digest of every member.
 *
 * @param appraisedAt the time of the result, in whole seconds
 * @param authorRoot digest of the author's root of then: the way there is not to end before it
 */
record BundleManifest(
    Ueid ueid,
    Nonce nonce,
    Instant appraisedAt,
    Digest authorRoot,
    SortedMap<String, Digest> members) {
  static final String TYPE = "bartizan-report-bundle+jwt";
  static final int MAX_LENGTH = 1024 * 1024;

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-report-bundle", 1);
  private static final int MAX_TEXT = 100;
  private static final int MAX_NONCE = 64;

  BundleManifest {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  static BundleManifest of(
      AttestationResult result, Digest authorRoot, Map<String, Bytes> members) {
    SortedMap<String, Digest> digests = new TreeMap<>();
    members.forEach((name, content) -> digests.put(name, Digest.of(content.toArray())));
    return new BundleManifest(
        result.ueid(), result.nonce(), result.issuedAt(), authorRoot, digests);
  }

  ObjectNode toJson() {
    ObjectNode payload = FORMAT.begin();
    payload.put("ueid", ueid.text()).put("nonce", Base64Url.encode(nonce.value()));
    payload.put("iat", appraisedAt.getEpochSecond());
    payload.put("author_root_sha256", authorRoot.hex());
    ObjectNode digests = payload.putObject("sha256");
    members.forEach((name, digest) -> digests.put(name, digest.hex()));
    return payload;
  }

  static BundleManifest read(byte[] json, String what) throws Malformed {
    JsonFields payload = StrictJson.read(json, MAX_LENGTH, what);
    FORMAT.require(payload, what);
    SortedMap<String, Digest> members = new TreeMap<>();
    JsonFields digests = payload.object("sha256");
    for (String name : digests.names()) {
      members.put(name, digests.digest(name));
    }
    try {
      return new BundleManifest(
          Ueid.parse(payload.text("ueid", MAX_TEXT)),
          new Nonce(payload.base64url("nonce", MAX_NONCE)),
          payload.instant("iat"),
          payload.digest("author_root_sha256"),
          members);
    } catch (IllegalArgumentException wrong) {
      throw new Malformed(what + ": " + wrong.getMessage(), wrong);
    }
  }
}
