// Adds a model to the project in a folder, as one of several processes.
import { addModels } from "../src/models/add-models.ts";

const [, , folder = "", ref = ""] = process.argv;
const { failed } = await addModels(folder, [{ ref }]);
for (const { error } of failed) console.error(error.message);
