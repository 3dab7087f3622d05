// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.ServedModel;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.Call;
import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.Route;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code /v2}: health, metadata and inference of the Open Inference Protocol. */
public final class InferenceRoute implements Route {
  /** Enough for sixteen million FP32 in binary, or some four million in JSON. */
  public static final int DEFAULT_BODY_LIMIT = 64 << 20;

  private final ModelService models;
  private final String version;
  private final long bodyLimit;
  private final InferencePipeline pipeline;

  /**
   * @param version of this server, as its metadata names it
   * @param bodyLimit the most bytes a request's body may have
   */
  public InferenceRoute(ModelService models, String version, long bodyLimit) {
    this.models = models;
    this.version = version;
    this.bodyLimit = bodyLimit;
    this.pipeline = new InferencePipeline(models);
  }

  @Override
  public String prefix() {
    return "v2";
  }

  @Override
  public boolean reachableByTcp() {
    return true;
  }

  @Override
  public long bodyLimit() {
    return bodyLimit;
  }

  @Override
  public Answer answer(Call call) throws IOException, Refusal {
    List<String> path = call.path().subList(1, call.path().size());
    if (path.size() >= 2 && path.get(0).equals("models")) {
      return model(call, path.get(1), path.subList(2, path.size()));
    }
    call.allow("GET");
    return switch (String.join("/", path)) {
      case "" -> ResponseWriter.server(version);
      case "health/live" -> ResponseWriter.health("live", true);
      case "health/ready" -> ResponseWriter.health("ready", models.isReady());
      default -> throw CallRefusal.notFound();
    };
  }

  private Answer model(Call call, String name, List<String> rest) throws IOException, Refusal {
    boolean versioned = rest.size() >= 2 && rest.get(0).equals("versions");
    Optional<String> wanted = versioned ? Optional.of(rest.get(1)) : Optional.empty();
    return switch (String.join("/", versioned ? rest.subList(2, rest.size()) : rest)) {
      case "" -> metadata(call, name, wanted);
      case "ready" -> ready(call, name, wanted);
      case "infer" -> infer(call, name, wanted);
      default -> throw CallRefusal.notFound();
    };
  }

  private Answer metadata(Call call, String name, Optional<String> wanted) throws Refusal {
    call.allow("GET");
    refuseUnknown(name);
    return ResponseWriter.model(
        serving(name, wanted)
            .orElseThrow(
                () ->
                    new InferenceRefusal(
                        models.find(name).isPresent() ? Reason.UNKNOWN_VERSION : Reason.NOT_READY,
                        "model '" + name + "' does not serve in that version")));
  }

  private Answer ready(Call call, String name, Optional<String> wanted) throws Refusal {
    call.allow("GET");
    refuseUnknown(name);
    return ResponseWriter.modelReady(name, serving(name, wanted).isPresent());
  }

  private Answer infer(Call call, String name, Optional<String> wanted) throws Refusal {
    call.allow("POST");
    refuseUnknown(name);
    return pipeline.infer(call, name, wanted);
  }

  private Optional<ServedModel> serving(String name, Optional<String> wanted) {
    return models
        .find(name)
        .filter(model -> wanted.isEmpty() || wanted.get().equals(model.version()));
  }

  private void refuseUnknown(String name) throws InferenceRefusal {
    if (!models.knows(name)) {
      throw new InferenceRefusal(Reason.UNKNOWN_MODEL, "there is no model '" + name + "'");
    }
  }
}
