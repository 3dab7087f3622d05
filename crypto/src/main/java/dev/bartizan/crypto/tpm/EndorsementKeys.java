// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Grows a chip's endorsement keys, which it makes again from its seed whenever it is asked. */
public final class EndorsementKeys {
  private final Tpm tpm;

  public EndorsementKeys(Tpm tpm) {
    this.tpm = tpm;
  }

  /** Looks at a key, to tell whether it is the one that is wanted. */
  @FunctionalInterface
  private interface Test {
    boolean isWanted(TpmPublic grown) throws TpmRefusal;
  }

  /**
   * The chip's key of this kind that {@code credential} is about.
   *
   * @return none when the chip has no such key
   * @throws TpmRefusal when the certificate cannot be read
   */
  public Optional<TpmPublic> find(EndorsementKind kind, EndorsementCredential credential)
      throws IOException, TpmRefusal {
    Optional<TpmObject> found = grow(kind.templates(), credential::isAbout);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (TpmObject key = found.get()) {
      return Optional.of(key.publicArea());
    }
  }

  /** The chip's key of this kind by the profile, whoever has certified it. */
  public TpmPublic standard(EndorsementKind kind) throws IOException {
    try (TpmObject key = tpm.keys().createPrimary(Hierarchy.ENDORSEMENT, kind.template())) {
      return key.publicArea();
    }
  }

  /** The same key again, loaded; none when the chip has lost the seed it grew from. */
  public Optional<TpmObject> again(EndorsementKind kind, TpmPublic earlier)
      throws IOException, TpmRefusal {
    return grow(kind.templates(), earlier::equals);
  }

  private Optional<TpmObject> grow(List<TpmPublic> templates, Test test)
      throws IOException, TpmRefusal {
    for (TpmPublic template : templates) {
      TpmObject grown = tpm.keys().createPrimary(Hierarchy.ENDORSEMENT, template);
      if (test.isWanted(grown.publicArea())) {
        return Optional.of(grown);
      }
      grown.close();
    }
    return Optional.empty();
  }
}
