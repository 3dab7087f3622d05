// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import java.io.IOException;

/**
 * What a verifier of reports compares with: {@code releases.json} and {@code reference.json},
 * derived anew from what the repository has signed, so that both follow it and nothing else.
 */
public final class VerifierTrust {
  private static final String MODELS = "models/";
  private static final String SOFTWARE = "software/";

  private final SharedDirectory directory;
  private final OperatorRepository repository;

  public VerifierTrust(SharedDirectory directory, OperatorRepository repository) {
    this.directory = directory;
    this.repository = repository;
  }

  /** Writes both files. */
  public void follow(TrustedTargets signed) throws IOException, Refusal {
    directory.write("releases.json", StrictJson.writeIndented(releases(signed)));
    directory.write("reference.json", StrictJson.writeIndented(reference(signed)));
  }

  private static ObjectNode releases(TrustedTargets signed) throws IOException, Refusal {
    ObjectNode document = StrictJson.object();
    list(signed, MODELS, "release.json", document.putArray("releases"));
    list(signed, SOFTWARE, "software.json", document.putArray("software"));
    return document;
  }

  private static void list(TrustedTargets signed, String below, String file, ArrayNode releases)
      throws IOException, Refusal {
    for (TargetFile target : signed.list(below).values()) {
      String[] path = target.path().split("/", -1);
      if (path.length == 4 && path[3].equals(file)) {
        ObjectNode release = releases.addObject().put("name", path[1]).put("version", path[2]);
        release.putArray("digests").add(target.sha256().hex());
      }
    }
  }

  private ObjectNode reference(TrustedTargets signed) throws IOException, Refusal {
    ObjectNode document = StrictJson.object();
    ObjectNode profiles = document.putObject("profiles");
    for (TargetFile target : signed.list(ReferenceTargets.FOLDER).values()) {
      if (ReferenceTargets.isOfApprovals(target.path())) {
        continue; // For the chips of devices; a verifier goes by the values themselves.
      }
      ReferenceValues values = ReferenceValues.parse(repository.content(signed, target));
      profiles.set(values.profile(), tree(values));
    }
    return document;
  }

  private static ObjectNode tree(ReferenceValues values) throws Malformed {
    byte[] document = values.toJson();
    return StrictJson.read(document, document.length, "reference").tree();
  }
}
