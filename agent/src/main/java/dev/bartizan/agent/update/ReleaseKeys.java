// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.attest.KeyServer;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.models.Envelopes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.release.EnvelopePath;
import dev.bartizan.updater.fetch.FetchRefusal;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Installed;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The content keys that the fleet has wrapped to this device, one for each release. */
public final class ReleaseKeys {
  private final Ueid device;
  private final CredentialStore credentials;
  private final SmallFiles repository;
  private final Envelopes envelopes;
  private final Optional<KeyServer> server;

  /**
   * @param credentials have the certificate to which they have to be wrapped
   * @param repository where keys lie that were wrapped ahead
   * @param server gives the others, where one is configured
   */
  public ReleaseKeys(
      Ueid device,
      CredentialStore credentials,
      SmallFiles repository,
      Envelopes envelopes,
      Optional<KeyServer> server) {
    this.device = device;
    this.credentials = credentials;
    this.repository = repository;
    this.envelopes = envelopes;
    this.server = server;
  }

  /** Whether there is a key for {@code release} here, as it was wrapped to this certificate. */
  boolean holds(Digest release) throws IOException, Malformed {
    try {
      return envelopes.get(release).isFor(credentials.current().unwrapCertificate());
    } catch (EnvelopeRefusal noneOrDamaged) {
      return false;
    }
  }

  /**
   * Gets the key of {@code release}.
   *
   * @throws UpdateRefusal NO_KEY
   */
  void fetch(Digest release) throws IOException, Refusal {
    String path = EnvelopePath.of(release, device);
    Optional<byte[]> envelope = Interruptible.complete(() -> find(path));
    if (envelope.isPresent()) {
      envelopes.keep(release, envelope.get());
    } else if (server.isPresent()) {
      envelopes.keep(release, server.get().keyOf(release).toArray());
    } else {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.NO_KEY,
          path
              + ": the fleet has wrapped no key to this device, and no server is configured"
              + " (fleet.server) that would give one against evidence");
    }
  }

  private Optional<byte[]> find(String path) throws IOException, Refusal, InterruptedException {
    try {
      return repository.find(path, KeyEnvelope.MAX_LENGTH);
    } catch (FetchRefusal refused) {
      throw refused.later();
    }
  }

  /**
   * Gets anew the keys of what is installed, as far as the present ones were damaged or are for an
   * unwrap key that this device no longer has. Those of the models in service come first.
   */
  public void renew(Components installed) throws IOException, Refusal {
    for (Component component : installed.models()) {
      if (component.active().isPresent()) {
        require(component.active().get().release().manifest());
      }
    }
    for (Component component : installed.models()) {
      for (Installed previous : component.previous()) {
        require(previous.release().manifest());
      }
    }
  }

  /** Forgets the keys of releases that are not installed: they should be gone as those are. */
  public void forgetOthers(Components installed) throws IOException {
    Set<Digest> held = new HashSet<>();
    for (Component component : installed.models()) {
      component.active().ifPresent(it -> held.add(it.release().manifest()));
      component.previous().forEach(it -> held.add(it.release().manifest()));
    }
    envelopes.retain(held);
  }

  /** Gets the key of {@code release} unless it is here. */
  void require(Digest release) throws IOException, Refusal {
    if (!holds(release)) {
      fetch(release);
    }
  }
}
