// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.Inference;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.ServedModel;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.Call;
import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.TensorSpec;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One inference, stage by stage. Whatever refuses says so in the words of its stage, and none after
 * it begins.
 *
 * <ol>
 *   <li><em>accept</em>: the head is read, and whether a body of that kind and size can be taken at
 *       all ({@code http.Exchange.admit});
 *   <li><em>authorise</em>: who reaches the Unix socket is allowed to by its owner and mode, and by
 *       TCP only a name of this machine, on a route that may be reached so ({@code http.Routes});
 *   <li><em>read</em>: the body as it comes, in memory of the request's own share ({@code
 *       http.Exchange}, {@code http.Body}); unpacked;
 *   <li><em>queue</em>: for a thread, fairly among users ({@code http.WorkQueue}); from here on
 *       this class tells it;
 *   <li><em>{@link #read}</em> and <em>check</em>: members and tensors, each held against {@link
 *       #expectation the model's types and shapes} before a value of it is read;
 *   <li><em>{@link #run}</em>: on a lease of the session that serves now ({@link ModelService}),
 *       which also <em>counts</em> the outcome and the time it took;
 *   <li><em>{@link #answer}</em>: numbers are streamed, from where the model left them ({@link
 *       ResponseWriter}, {@link InferenceJson}), as fast as the client fetches them ({@code
 *       http.Exchange}).
 * </ol>
 */
final class InferencePipeline {
  private final ModelService models;
  private final Workspaces workspaces = new Workspaces();

  InferencePipeline(ModelService models) {
    this.models = models;
  }

  /**
   * All that is done on a thread.
   *
   * @param name of a model that is known
   * @param version the one wanted; empty for whichever serves
   */
  Answer infer(Call call, String name, Optional<String> version) throws Refusal {
    try (Workspace memory = workspaces.borrow(call.memory())) {
      InferenceRequest request = read(call, name, memory);
      Inference inference = run(call, name, version, request);
      return answer(call, request, inference);
    }
  }

  private InferenceRequest read(Call call, String name, Workspace memory) throws Refusal {
    return new RequestReader(call.content(), jsonLength(call), memory, expectation(name)).read();
  }

  private Inference run(Call call, String name, Optional<String> version, InferenceRequest request)
      throws Refusal {
    return models.infer(
        name, version, request.inputs(), outputs(request), bytes -> reserve(call, bytes));
  }

  private static Answer answer(Call call, InferenceRequest request, Inference inference)
      throws Refusal {
    return ResponseWriter.inference(request, inference, call.memory());
  }

  private static void reserve(Call call, long bytes) throws RunRefusal {
    try {
      call.memory().reserve(bytes);
    } catch (CallRefusal full) {
      RunRefusal.Reason reason =
          full.status() == 413 ? RunRefusal.Reason.TOO_LARGE : RunRefusal.Reason.BUSY;
      throw new RunRefusal(reason, "the outputs: " + full.getMessage(), full);
    }
  }

  /** Where no model serves now, running it says so. */
  private InputReader.Expectation expectation(String name) {
    Optional<ServedModel> model = models.find(name);
    return (input, datatype, shape) -> {
      if (model.isPresent()) {
        try {
          TensorSpec.of(model.get().inputs(), input).accept(datatype, shape);
        } catch (RunRefusal refusal) {
          throw InferenceRefusal.of(refusal);
        }
      }
    };
  }

  private static Set<String> outputs(InferenceRequest request) {
    return request.outputs().stream()
        .map(InferenceRequest.WantedOutput::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static long jsonLength(Call call) throws CallRefusal {
    long length = call.content().length();
    Optional<String> stated = call.header(BinaryTensors.JSON_LENGTH);
    if (stated.isEmpty()) {
      return length;
    }
    try {
      long json = Long.parseLong(stated.get());
      if (json >= 0 && json <= length) {
        return json;
      }
    } catch (NumberFormatException notANumber) {
      // said below, as for a number out of range
    }
    throw CallRefusal.malformed(BinaryTensors.JSON_LENGTH + " is not a length within the body");
  }
}
