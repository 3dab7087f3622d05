// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files a role vouches for, and whom it lets vouch for others (specification 4.5).
 *
 * @param files by target path
 * @param delegations in order of precedence
 */
public record Targets(
    Bytes raw,
    long version,
    Instant expires,
    Map<String, TargetFile> files,
    List<Delegation> delegations)
    implements Metadata {

  public Targets {
    files = Collections.unmodifiableMap(files);
    delegations = List.copyOf(delegations);
  }

  static Targets of(Bytes raw, Fields signed) throws TufRefusal {
    Header header = Header.of(signed, "targets");
    Map<String, TargetFile> files = new LinkedHashMap<>();
    for (Map.Entry<String, Fields> entry : signed.members("targets").entrySet()) {
      files.put(entry.getKey(), TargetFile.of(entry.getKey(), entry.getValue()));
    }
    return new Targets(raw, header.version(), header.expires(), files, Delegation.listOf(signed));
  }

  Optional<TargetFile> find(String targetPath) {
    return Optional.ofNullable(files.get(targetPath));
  }

  /** Whom to ask about {@code targetPath}, up to and including the first that terminates. */
  List<Delegation> delegationsFor(String targetPath) {
    List<Delegation> responsible = new ArrayList<>();
    for (Delegation delegation : delegations) {
      if (delegation.covers(targetPath)) {
        responsible.add(delegation);
        if (delegation.terminating()) {
          break;
        }
      }
    }
    return responsible;
  }
}
