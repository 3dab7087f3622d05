// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What suites say: as it is signed, and as it is installed. */
public final class SuiteDocuments {
  private final TrustedDocuments documents;
  private final ObjectStore store;

  public SuiteDocuments(TrustedDocuments documents, ObjectStore store) {
    this.documents = documents;
    this.store = store;
  }

  /**
   * Keeps the signed document of a release.
   *
   * @throws Refusal when that release is not signed, or a member of it is not, or not any more
   */
  Digest keep(ComponentName suite, Release release) throws IOException, Refusal {
    String path = new ReleaseName(suite.name(), release.version()).suiteTarget();
    byte[] document = SignedManifest.get(documents, path, release);
    for (Map.Entry<String, SuiteManifest.Member> member :
        SuiteManifest.parse(document).members().entrySet()) {
      String version = member.getValue().version();
      String target = SuiteManifest.memberTarget(member.getKey(), version);
      documents.requireSigned(target, member.getValue().manifest());
    }
    return store.put(document);
  }

  /** What an installed release says. */
  public SuiteManifest held(Release release) throws IOException, Refusal {
    return SuiteManifest.parse(store.read(release.manifest(), SuiteManifest.MAX_LENGTH));
  }

  /** Its members, as releases to be installed. */
  public static Map<ComponentName, Release> members(SuiteManifest suite) {
    Map<ComponentName, Release> members = new HashMap<>();
    suite
        .members()
        .forEach(
            (component, member) ->
                members.put(
                    ComponentName.of(component), new Release(member.manifest(), member.version())));
    return members;
  }
}
