// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.models.Models;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Progress;

/** What {@code status} says of what is installed, and of what is on its way. */
final class DeployStatus {
  private final Installer installer;
  private final Models models;
  private final ModelStates states;
  private final UpdateSteps steps;

  DeployStatus(Installer installer, Models models, ModelStates states, UpdateSteps steps) {
    this.installer = installer;
    this.models = models;
    this.states = states;
    this.steps = steps;
  }

  void describe(ObjectNode status) {
    ArrayNode all = status.putArray("models");
    states.of(installer.components(), installer.current()).forEach(model -> describe(all, model));
    suites(status.putArray("suites"));
    installer.current().ifPresent(progress -> status.set("deployment", deployment(progress)));
    status
        .putObject("history")
        .put("entries", installer.head().entries())
        .put("head", installer.head().digest().hex());
  }

  private void describe(ArrayNode all, ModelState model) {
    ObjectNode node =
        all.addObject()
            .put("name", model.name())
            .put("version", model.version())
            .put("release", model.release().hex())
            .put("state", model.state().text())
            .put("serves", model.serves());
    if (model.serves()) {
      models
          .statistics(model.name())
          .ifPresent(
              seen ->
                  node.put("answered", seen.answered())
                      .put("failed", seen.failed())
                      .put("refused", seen.refused())
                      .put("median_us", seen.latency().median().toNanos() / 1000));
    }
  }

  private void suites(ArrayNode suites) {
    for (Component suite : installer.components().suites()) {
      for (Installed active : suite.active().stream().toList()) {
        suites
            .addObject()
            .put("name", suite.name().name())
            .put("version", active.release().version())
            .put("release", active.release().manifest().hex())
            .put("complete", installer.components().missing(suite).isEmpty());
      }
    }
  }

  private ObjectNode deployment(Progress progress) {
    return StrictJson.object()
        .put("id", progress.deployment().id())
        .put("component", progress.deployment().component().text())
        .put("version", progress.deployment().to().version())
        .put("state", progress.state().text())
        .put("starts", progress.starts())
        .put("reason", progress.reason())
        .put("waiting_for", steps.waitingFor());
  }
}
