// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.models.ModelLoader;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.models.VaultClosed;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.trust.BootJudgement;
import dev.bartizan.agent.trust.StateJudgement;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Release;
import java.io.IOException;
import java.util.Optional;

/**
 * Has the installed models serve as long as boot, state and policy let this device. Belongs to the
 * loop's thread.
 */
public final class Serving {
  private final Trust trust;
  private final StateJudgement state;
  private final ModelLoader loader;
  private final ModelService service;
  private final Installer installer;
  private final SuiteWatch suites;
  private final EventPublisher publisher;
  private boolean isSilent;

  Serving(
      Trust trust,
      StateJudgement state,
      Models models,
      Installer installer,
      SuiteWatch suites,
      EventPublisher publisher) {
    this.trust = trust;
    this.state = state;
    this.loader = models.loader();
    this.service = models.service();
    this.installer = installer;
    this.suites = suites;
    this.publisher = publisher;
  }

  /** Opens the vault if all of that allows it, and loads what is installed. */
  public void begin() throws IOException {
    Optional<String> silent = trust.silence().stopsServing();
    if (silent.isPresent()) {
      fallSilent(silent.get());
    } else if (state.isTrustworthy() && trust.boot().opensModels()) {
      loader.permit();
      serveInstalled();
    }
  }

  /** Something that a model may have waited for is here now. */
  void goOn() throws IOException {
    if (loader.isPermitted()) {
      serveInstalled();
    } else {
      begin();
    }
  }

  /** By the documents of today this device may not be one that serves. */
  void withdrawIfUnwanted() throws IOException {
    BootJudgement boot = trust.boot();
    if (loader.isPermitted() && boot.isOutdated() && !boot.opensModels()) {
      loader.forbid(VaultClosed.Reason.BOOT_NOT_TRUSTED);
      service.observe().forEach(serving -> service.retire(serving.model()));
    }
  }

  /** Policy may let nothing serve while no report is answered, and something again once one is. */
  void heedSilence() throws IOException {
    Optional<String> silent = trust.silence().stopsServing();
    if (silent.isPresent()) {
      if (!isSilent) {
        fallSilent(silent.get());
      }
    } else if (isSilent) {
      isSilent = false;
      service.release();
      loader.forbid(VaultClosed.Reason.BOOT_NOT_TRUSTED);
      begin();
    }
  }

  private void fallSilent(String why) {
    isSilent = true;
    loader.forbid(VaultClosed.Reason.REPORTS_UNANSWERED);
    service.withhold(why);
  }

  private void serveInstalled() {
    for (Component component : installer.components().models()) {
      if (component.active().isPresent() && service.find(component.name().name()).isEmpty()) {
        serve(component.name().name(), component.active().get().release());
      }
    }
    suites.look();
  }

  /** One model that cannot be loaded does not keep the device from being mended. */
  private void serve(String model, Release release) {
    try {
      ReleaseName name = new ReleaseName(model, release.version());
      service.activate(model, release.version(), loader.load(name, release.manifest()).model());
      publisher.mended(model);
      publisher.note("serving " + name);
    } catch (Refusal refused) {
      publisher.problem(model, refused);
    } catch (IOException notNow) {
      publisher.problem(model, Explanation.of(notNow));
    }
  }
}
