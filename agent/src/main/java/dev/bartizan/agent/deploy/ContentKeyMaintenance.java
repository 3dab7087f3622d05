// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.update.ReleaseKeys;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Installer;
import java.io.IOException;

/** Keeps the content keys of what is installed, through damage and through new unwrap keys. */
final class ContentKeyMaintenance {
  private final DeviceKeystore keystore;
  private final ReleaseKeys keys;
  private final Installer installer;
  private final ModelService service;
  private final EventPublisher publisher;
  private boolean settled;

  ContentKeyMaintenance(
      DeviceKeystore keystore,
      ReleaseKeys keys,
      Installer installer,
      ModelService service,
      EventPublisher publisher) {
    this.keystore = keystore;
    this.keys = keys;
    this.installer = installer;
    this.service = service;
    this.publisher = publisher;
  }

  /** Gets keys anew that were damaged, or are for an unwrap key that this device no longer has. */
  void renew() {
    try {
      keys.renew(installer.components());
      publisher.mended("keys");
    } catch (Refusal refused) {
      publisher.problem("keys", refused);
    } catch (IOException notNow) {
      publisher.problem("keys", Explanation.of(notNow));
    }
  }

  /** The key of a release that is gone from the device should be gone too. */
  void forgetOthers() throws IOException {
    if (installer.current().isEmpty()) {
      keys.forgetOthers(installer.components());
    }
  }

  /**
   * Ends the epochs of earlier unwrap keys, once after a start: as soon as every installed model
   * serves, which it does by the present key. Not before, for there is no way back.
   *
   * @return whether they all serve
   */
  boolean settle() throws IOException {
    boolean allServe = installer.components().models().stream().allMatch(this::serves);
    if (allServe && !settled) {
      try {
        keystore.endEarlierEpochs();
        settled = true;
        publisher.mended("epoch");
      } catch (KeystoreRefusal refused) {
        publisher.problem("epoch", refused);
      }
    }
    return allServe;
  }

  private boolean serves(Component model) {
    return model.active().isEmpty() || service.find(model.name().name()).isPresent();
  }
}
