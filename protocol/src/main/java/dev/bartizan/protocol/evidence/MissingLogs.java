// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** Evidence that names logs which the verifier does not hold: they have to be asked for. */
public final class MissingLogs extends Refusal {
  private static final long serialVersionUID = 1L;

  private final transient List<Digest> digests;

  MissingLogs(List<Digest> digests) {
    super(
        "logs that nobody has shown here: "
            + digests.stream().map(Digest::hex).collect(Collectors.joining(", ")));
    this.digests = List.copyOf(digests);
  }

  /** Which. */
  public List<Digest> digests() {
    return digests;
  }

  @Override
  public String code() {
    return "LOGS_MISSING";
  }
}
