// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.ServedModel;
import dev.bartizan.agent.serve.ServingStatistics;
import dev.bartizan.agent.system.Safeguard;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.update.SuiteDocuments;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Progress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What the agent knows of itself, gathered from its parts: for {@code status} and for evidence. */
public final class DeviceStatus {
  private final String version;
  private final DeviceKeystore keystore;
  private final TrustedDocuments documents;
  private final Installer installer;
  private final ModelService service;
  private final ModelStates models;
  private final Credentials credentials;
  private final ActiveAlarms problems;
  private final String bulkCrypto;
  private final Safeguards safeguards;
  private final InstantSource clock;
  private final Instant started;
  private volatile Supplier<String> broker = () -> "starting";
  private volatile String waitingFor = "";
  private volatile ChainVerdict boot = new ChainVerdict(List.of());
  private volatile Optional<Digest> policy = Optional.empty();

  /**
   * @param bulkCrypto where bulk ciphers come from
   * @param safeguards what keeps keys and weights from others
   */
  public DeviceStatus(
      String version,
      DeviceKeystore keystore,
      TrustedDocuments documents,
      Installer installer,
      ModelService service,
      Credentials credentials,
      ActiveAlarms problems,
      String bulkCrypto,
      Safeguards safeguards,
      InstantSource clock) {
    this.version = version;
    this.keystore = keystore;
    this.documents = documents;
    this.installer = installer;
    this.service = service;
    this.models = new ModelStates(name -> service.find(name).map(ServedModel::version));
    this.credentials = credentials;
    this.problems = problems;
    this.bulkCrypto = bulkCrypto;
    this.safeguards = safeguards;
    this.clock = clock;
    this.started = clock.instant();
  }

  /** How the link to the fleet fares. */
  void broker(Supplier<String> state) {
    broker = state;
  }

  void boot(ChainVerdict verdict) {
    boot = verdict;
  }

  /** What the deployment under way waits for; empty when it does not wait. */
  void waitingFor(String what) {
    waitingFor = what;
  }

  void policy(Optional<Digest> digest) {
    policy = digest;
  }

  /** The document of {@code bartizan status --json}. */
  public ObjectNode status() throws Malformed {
    ObjectNode status = StrictJson.object();
    status
        .putObject("agent")
        .put("version", version)
        .put("uptime_seconds", uptime().toSeconds())
        .put("ready", service.isReady());
    status.set("boot", chain(boot));
    status
        .putObject("keystore")
        .put("kind", keystore.protection().kind().text())
        .put("manufacturer", keystore.protection().manufacturer())
        .put("firmware", keystore.protection().firmwareVersion())
        .put("ueid", keystore.ueid().text());
    status.put("bulk_crypto", bulkCrypto);
    status.set("safeguards", safeguards(safeguards.examine()));
    ObjectNode metadata = status.putObject("metadata");
    documents.versions().forEach(metadata::put);
    models(status.putArray("models"));
    suites(status.putArray("suites"));
    installer.current().ifPresent(progress -> status.set("deployment", deployment(progress)));
    X509Certificate identity = credentials.identityChain().get(0);
    status
        .putObject("credentials")
        .put("subject", identity.getSubjectX500Principal().getName())
        .put("not_after", identity.getNotAfter().toInstant().toString());
    status.put("broker", broker.get());
    status
        .putObject("history")
        .put("entries", installer.head().entries())
        .put("head", installer.head().digest().hex());
    ObjectNode wrong = status.putObject("problems");
    problems.all().forEach(wrong::put);
    return status;
  }

  /** A chain as {@code check --json} prints it. */
  public static ObjectNode chain(ChainVerdict chain) {
    ObjectNode json = StrictJson.object().put("verdict", chain.overall().text());
    ArrayNode links = json.putArray("links");
    for (Link link : chain.links()) {
      links
          .addObject()
          .put("name", link.name())
          .put("verdict", link.verdict().text())
          .put("expected", link.expected())
          .put("found", link.found());
    }
    return json;
  }

  /** Safeguards as {@code check --json} and {@code status --json} print them. */
  public static ArrayNode safeguards(List<Safeguard> safeguards) {
    ArrayNode json = StrictJson.object().putArray("safeguards");
    for (Safeguard safeguard : safeguards) {
      json.addObject()
          .put("name", safeguard.name())
          .put("verdict", safeguard.verdict().text())
          .put("found", safeguard.found());
    }
    return json;
  }

  private void models(ArrayNode models) {
    for (ModelState model : modelStates()) {
      ObjectNode node =
          models
              .addObject()
              .put("name", model.name())
              .put("version", model.version())
              .put("release", model.release().hex())
              .put("state", model.state().text())
              .put("serves", model.serves());
      if (model.serves()) {
        observation(model.name()).ifPresent(seen -> counters(node, seen));
      }
    }
  }

  private void suites(ArrayNode suites) {
    for (Component suite : installer.components().suites()) {
      for (Installed active : suite.active().stream().toList()) {
        suites
            .addObject()
            .put("name", SuiteDocuments.nameOf(suite.name()))
            .put("version", active.release().version())
            .put("release", active.release().manifest().hex())
            .put("complete", installer.components().missing(suite).isEmpty());
      }
    }
  }

  private Optional<ServingStatistics> observation(String model) {
    return service.observe().stream().filter(it -> it.model().equals(model)).findFirst();
  }

  private static void counters(ObjectNode node, ServingStatistics seen) {
    node.put("answered", seen.answered())
        .put("failed", seen.failed())
        .put("refused", seen.refused())
        .put("median_us", seen.latency().median().toNanos() / 1000);
  }

  private ObjectNode deployment(Progress progress) {
    return StrictJson.object()
        .put("id", progress.deployment().id())
        .put("component", progress.deployment().component())
        .put("version", progress.deployment().to().version())
        .put("state", progress.state().text())
        .put("starts", progress.starts())
        .put("reason", progress.reason())
        .put("waiting_for", waitingFor);
  }

  /** What evidence claims. */
  HealthClaims health() {
    Map<String, HealthClaims.Outcome> checks = new TreeMap<>();
    checks.put("boot-chain", outcome(boot.overall()));
    checks.put("problems", problems.all().isEmpty() ? outcome(Verdict.GOOD) : outcome(Verdict.BAD));
    for (Safeguard safeguard : safeguards.examine()) {
      checks.put("safeguard-" + safeguard.name(), outcome(safeguard));
    }
    Map<String, Long> counters = new TreeMap<>();
    for (ServingStatistics seen : service.observe()) {
      counters.put(seen.model() + ".answered", seen.answered());
      counters.put(seen.model() + ".failed", seen.failed());
      counters.put(seen.model() + ".refused", seen.refused());
    }
    return new HealthClaims(
        version,
        uptime(),
        keystore.protection().kind().text(),
        modelStates(),
        checks,
        policy,
        Optional.of(installer.head().digest()),
        counters);
  }

  /** A safeguard that is not there is a failure where the configuration insists on it. */
  private HealthClaims.Outcome outcome(Safeguard safeguard) {
    return switch (safeguard.verdict()) {
      case GOOD -> HealthClaims.Outcome.SUCCESS;
      case UNKNOWN -> HealthClaims.Outcome.NOT_RUN;
      case BAD ->
          safeguards.insistsOn(safeguard) ? HealthClaims.Outcome.FAIL : HealthClaims.Outcome.ABSENT;
    };
  }

  private static HealthClaims.Outcome outcome(Verdict verdict) {
    return switch (verdict) {
      case GOOD -> HealthClaims.Outcome.SUCCESS;
      case UNKNOWN -> HealthClaims.Outcome.ABSENT;
      case BAD -> HealthClaims.Outcome.FAIL;
    };
  }

  private List<ModelState> modelStates() {
    return models.of(installer.components(), installer.current());
  }

  private Duration uptime() {
    return Duration.between(started, clock.instant());
  }
}
