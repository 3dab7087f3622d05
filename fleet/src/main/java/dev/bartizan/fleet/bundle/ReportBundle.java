// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.bundle.ReportBundleRefusal.Reason;
import dev.bartizan.fleet.trust.KeptWord;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.CompactJws;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.jws.StatementSigner;
import dev.bartizan.updater.disk.DocumentFormat;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The file: {@code {"schema":…,"manifest":JWS,"members":{NAME:base64url,…}}}. Reading it proves
 * nothing; {@link #accept} is where it begins to.
 *
 * @param manifest as it was signed
 */
public record ReportBundle(String manifest, SortedMap<String, Bytes> members) {
  /** Of the file, in bytes: evidence and metadata have limits of their own, far below. */
  public static final int MAX_LENGTH = 48 * 1024 * 1024;

  static final String EVIDENCE = "evidence";
  static final String RESULT = "result";
  static final String DEVICE = "device";
  static final String AUTHORITY = "authority";
  static final String METADATA = KeptWord.METADATA;
  static final String DOCUMENTS = KeptWord.DOCUMENTS;

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-report-bundle", 1);

  /** A thousand roots, as many roles, and a document for each profile. */
  private static final int MAX_MEMBERS = 4096;

  /** Of one member, in bytes. */
  private static final int MAX_MEMBER = 12 * 1024 * 1024;

  public ReportBundle {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  static ReportBundle sign(BundleManifest what, Map<String, Bytes> members, StatementSigner server)
      throws IOException, Refusal {
    String input = CompactJws.signingInput(server.key(), BundleManifest.TYPE, what.toJson());
    return new ReportBundle(CompactJws.sign(server, input), new TreeMap<>(members));
  }

  /** The file's content. */
  public byte[] write() {
    ObjectNode document = FORMAT.begin().put("manifest", manifest);
    ObjectNode list = document.putObject("members");
    members.forEach((name, content) -> list.put(name, Base64Url.encode(content)));
    return StrictJson.writeIndented(document);
  }

  /**
   * Reads a file.
   *
   * @param file its name, for messages
   */
  public static ReportBundle read(byte[] json, String file) throws ReportBundleRefusal {
    try {
      JsonFields document = StrictJson.read(json, MAX_LENGTH, file);
      FORMAT.require(document, file);
      JsonFields list = document.object("members");
      if (list.names().size() > MAX_MEMBERS) {
        throw new Malformed("more than " + MAX_MEMBERS + " members");
      }
      SortedMap<String, Bytes> members = new TreeMap<>();
      for (String name : list.names()) {
        members.put(name, list.base64url(name, MAX_MEMBER));
      }
      return new ReportBundle(document.lines("manifest", 2 * BundleManifest.MAX_LENGTH), members);
    } catch (Malformed wrong) {
      throw new ReportBundleRefusal(
          Reason.BUNDLE_MALFORMED, file, "", String.valueOf(wrong.getMessage()), wrong);
    }
  }

  /** Insists that {@code server} has signed exactly these members. */
  BundleManifest accept(StatementKey server, String file) throws ReportBundleRefusal {
    BundleManifest signed = signed(server, file);
    for (Map.Entry<String, Digest> listed : signed.members().entrySet()) {
      Digest found = Digest.of(get(listed.getKey(), file).toArray());
      if (!found.equals(listed.getValue())) {
        throw new ReportBundleRefusal(
            Reason.MEMBER_ALTERED,
            file,
            listed.getKey(),
            "expected sha256 " + listed.getValue() + ", found " + found);
      }
    }
    for (String name : members.keySet()) {
      if (!signed.members().containsKey(name)) {
        throw new ReportBundleRefusal(
            Reason.MEMBER_NOT_LISTED, file, name, "is not in the signed list");
      }
    }
    return signed;
  }

  private BundleManifest signed(StatementKey server, String file) throws ReportBundleRefusal {
    String what = file + ", manifest";
    try {
      CompactJws jws = CompactJws.parse(manifest, what);
      if (!jws.type().equals(BundleManifest.TYPE)) {
        throw new Malformed("header.typ is not " + BundleManifest.TYPE);
      }
      return BundleManifest.read(jws.payload(server), what);
    } catch (BadSignature foreign) {
      throw new ReportBundleRefusal(
          Reason.BUNDLE_NOT_SIGNED,
          file,
          "",
          "not signed by the key of results that was given, " + server.kid(),
          foreign);
    } catch (Malformed wrong) {
      throw new ReportBundleRefusal(
          Reason.BUNDLE_MALFORMED, file, "", String.valueOf(wrong.getMessage()), wrong);
    }
  }

  /** A member that has to be there. */
  Bytes get(String name, String file) throws ReportBundleRefusal {
    Bytes content = members.get(name);
    if (content == null) {
      throw new ReportBundleRefusal(Reason.MEMBER_MISSING, file, name, "is missing");
    }
    return content;
  }

  /** The members below a folder, by the rest of their names. */
  Map<String, Bytes> below(String folder) {
    SortedMap<String, Bytes> found = new TreeMap<>();
    members.forEach(
        (name, content) -> {
          if (name.startsWith(folder)) {
            found.put(name.substring(folder.length()), content);
          }
        });
    return found;
  }
}
