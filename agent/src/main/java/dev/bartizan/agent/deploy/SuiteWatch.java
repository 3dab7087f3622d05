// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.ModelSetChange;
import dev.bartizan.agent.update.SuiteDocuments;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Release;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Offers applications the suites that are installed, and says when one of them is in pieces. */
final class SuiteWatch {
  private final Installer installer;
  private final SuiteDocuments documents;
  private final ModelService service;
  private final EventPublisher publisher;

  SuiteWatch(
      Installer installer,
      SuiteDocuments documents,
      ModelService service,
      EventPublisher publisher) {
    this.installer = installer;
    this.documents = documents;
    this.service = service;
    this.publisher = publisher;
  }

  /** After a start: what is offered from then on follows the deployments. */
  void offer() throws IOException {
    for (Component suite : installer.components().suites()) {
      if (suite.active().isPresent()) {
        offer(suite, suite.active().get());
      }
    }
  }

  private void offer(Component suite, Installed active) throws IOException {
    try {
      SuiteManifest manifest = documents.held(active.release());
      Map<String, Optional<SuiteManifest>> one =
          Map.of(manifest.release().name(), Optional.of(manifest));
      service.change(new ModelSetChange(List.of(), Set.of(), one));
    } catch (Refusal damaged) {
      publisher.problem(suite.name().text(), damaged);
    }
  }

  /** Whether what was to go together still does: a member can be replaced, or given up, alone. */
  void look() {
    Components components = installer.components();
    for (Component suite : components.suites()) {
      Map<ComponentName, Release> missing = components.missing(suite);
      if (missing.isEmpty()) {
        publisher.mended(suite.name().text());
      } else {
        publisher.problem(
            suite.name().text(),
            "INCOMPLETE: " + describe(missing) + ": order it again, or go back");
      }
    }
  }

  private static String describe(Map<ComponentName, Release> missing) {
    return missing.entrySet().stream()
        .map(it -> it.getKey() + " is not " + it.getValue().version())
        .collect(Collectors.joining(", "));
  }
}
