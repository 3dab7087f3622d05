package dev.bartizan.agent;

import dev.bartizan.agent.report.News;
import dev.bartizan.agent.report.Problems;
import dev.bartizan.agent.serve.Lineup;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.update.SuiteDocuments;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.release.SuiteManifest;
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
  private final Problems problems;
  private final News news;

  SuiteWatch(
      Installer installer,
      SuiteDocuments documents,
      ModelService service,
      Problems problems,
      News news) {
    this.installer = installer;
    this.documents = documents;
    this.service = service;
    this.problems = problems;
    this.news = news;
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
      service.change(new Lineup(List.of(), Set.of(), one));
    } catch (Refusal damaged) {
      tell(suite.name(), damaged.code() + ": " + damaged.getMessage());
    }
  }

  /** Whether what was to go together still does: a member can be replaced, or given up, alone. */
  void look() {
    for (Component suite : installer.components().suites()) {
      if (installer.components().isWhole(suite)) {
        problems.mended(suite.name());
      } else {
        tell(suite.name(), "INCOMPLETE: " + others(suite) + ": order it again, or go back");
      }
    }
  }

  private String others(Component suite) {
    return suite.active().stream()
        .flatMap(it -> it.members().entrySet().stream())
        .filter(
            it -> !installer.components().active(it.getKey()).equals(Optional.of(it.getValue())))
        .map(it -> it.getKey() + " is not " + it.getValue().version())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private void tell(String subject, String what) {
    if (problems.note(subject, what)) {
      news.problem(subject, what);
    }
  }
}
